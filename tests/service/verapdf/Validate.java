import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/** Validates PDF files: {@code java Validate.java 3a,ua1 FILE…} prints a line of JSON for each file and standard. */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int at = 1; at < arguments.length; at++) {
            for (String name : arguments[0].split(",")) {
                print(arguments[at], PDFAFlavour.fromString(name));
            }
        }
    }

    private static void print(String file, PDFAFlavour flavour) throws Exception {
        try (var parser = Foundries.defaultInstance().createParser(new FileInputStream(file), flavour)) {
            var result = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
            var faults = new StringBuilder();
            for (TestAssertion fault : result.getTestAssertions()) {
                faults.append(faults.length() == 0 ? "" : ", ");
                faults.append('"').append(fault.getRuleId().getClause()).append('-');
                faults.append(fault.getRuleId().getTestNumber()).append('"');
            }
            System.out.printf(
                "{\"standard\": \"%s\", \"compliant\": %b, \"assertions\": %d, \"faults\": [%s]}%n",
                flavour.getId(), result.isCompliant(), result.getTotalAssertions(), faults);
        }
    }
}
