"""The legal service: law, HTTP and pages over the ledger. Floors and a tour: `service/README.md`."""
