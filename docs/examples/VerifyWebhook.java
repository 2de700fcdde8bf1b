import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How a receiver verifies a push of risk_screen; Java 11 or newer, nothing else needed. */
public final class VerifyWebhook {
    static final long WINDOW_SECONDS = 300;

    /**
     * @param secret    whsec_…
     * @param id        header webhook-id
     * @param timestamp header webhook-timestamp
     * @param signature header webhook-signature
     * @param body      the bytes as they came, before any JSON library
     */
    static boolean isGenuine(String secret, String id, String timestamp, String signature, byte[] body, Instant now)
            throws GeneralSecurityException {
        if (Math.abs(now.getEpochSecond() - Long.parseLong(timestamp)) > WINDOW_SECONDS) {
            return false;
        }
        byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        byte[] expected = mac.doFinal(body);
        for (String one : signature.split(" ")) {
            if (one.startsWith("v1,") && MessageDigest.isEqual(expected, Base64.getDecoder().decode(one.substring(3)))) {
                return true;
            }
        }
        return false;
    }

    /** java VerifyWebhook.java SECRET ID TIMESTAMP SIGNATURE, the body on standard input: prints true or false. */
    public static void main(String[] arguments) throws Exception {
        byte[] body = System.in.readAllBytes();
        System.out.println(
                isGenuine(arguments[0], arguments[1], arguments[2], arguments[3], body, Instant.now()));
    }
}
