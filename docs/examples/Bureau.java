import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * How the approval bureau's system uses risk_screen; Java 17, nothing else needed.
 *
 * RISK_SCREEN_URL=http://127.0.0.1:8000 RISK_SCREEN_KEY=rs_… java Bureau.java screen DJ-1 淄博晨星投资有限公司 投资咨询
 */
public final class Bureau {
    static final String URL = System.getenv().getOrDefault("RISK_SCREEN_URL", "http://127.0.0.1:8000");
    static final Set<Integer> WORTH_RETRYING = Set.of(429, 500, 502, 503, 504);
    static final int ATTEMPTS = 5;
    static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    static final class Refused extends Exception {
        final String code;

        Refused(int status, String code, String detail) {
            super(status + " " + code + "：" + detail);
            this.code = code;
        }
    }

    record Answer(int status, HttpResponse<String> response, Map<String, Object> content) {}

    /** One request, tried again while that can help; a POST carries the same Idempotency-Key every time. */
    static Answer ask(String path, Map<String, ?> sent, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(URL + path))
                .timeout(Duration.ofSeconds(40)) // longer than the longest wait of GET /v1/events
                .header("Authorization", "Bearer " + System.getenv("RISK_SCREEN_KEY"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (sent != null) {
            request.header("Content-Type", "application/json").header("Idempotency-Key", UUID.randomUUID().toString())
                    .POST(HttpRequest.BodyPublishers.ofString(Json.write(sent)));
        }
        for (int attempt = 1; ; attempt++) {
            double wait = Math.min(Math.pow(2, attempt), 30) * (0.5 + Math.random() / 2);
            try {
                HttpResponse<String> got = CLIENT.send(
                        request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                int status = got.statusCode();
                if (status < 300) {
                    return new Answer(status, got, Json.object(Json.read(got.body())));
                }
                if (status == 304) {
                    return new Answer(status, got, null);
                }
                if (!WORTH_RETRYING.contains(status) || attempt == ATTEMPTS) {
                    throw refusal(got);
                }
                wait = got.headers().firstValue("Retry-After").map(Double::parseDouble).orElse(wait);
            } catch (IOException error) { // not reached, cut off, or no answer in time
                if (attempt == ATTEMPTS) {
                    throw error;
                }
            }
            Thread.sleep((long) (wait * 1000));
        }
    }

    /** Read the problem; what stands in between (a proxy) may have answered something else. */
    static Refused refusal(HttpResponse<String> got) {
        try {
            Map<String, Object> problem = Json.object(Json.read(got.body()));
            return new Refused(got.statusCode(), (String) problem.get("code"), (String) problem.get("detail"));
        } catch (RuntimeException error) {
            return new Refused(got.statusCode(), "unknown", "应答不是 risk-screen 的");
        }
    }

    /** Before the name is registered: ask, keep the id, and show the clerk what to do. */
    static void screen(String externalId, String name, String scope) throws Exception {
        Map<String, String> sent =
                Map.of("channel", "registration", "external_id", externalId, "name", name, "business_scope", scope);
        Answer answer = ask("/v1/screenings", sent);
        String link = answer.response().headers().firstValue("Link").orElse("");
        String consultation = link.isEmpty() ? "-" : link.replaceFirst("^.*/([^/>]+)>.*$", "$1");
        String route = (String) answer.content().get("route");
        System.out.println(route + " " + answer.content().get("id") + " " + consultation);
        System.out.println(switch (route) {
            case "proceed" -> "照常办理登记";
            case "consult" -> "等专班答复，再由经办人决定";
            case "advise_against" -> "建议申请人换用别的字样；由经办人决定";
            default -> "不认识的去向：转人工";
        });
        for (Object one : (List<?>) answer.content().get("reasons")) {
            Map<String, Object> reason = Json.object(one);
            String text = sent.getOrDefault((String) reason.get("field"), "");
            StringBuilder quotes = new StringBuilder();
            for (Object span : (List<?>) reason.get("spans")) {
                quotes.append(' ').append(quote(text, (List<?>) span));
            }
            System.out.println("  " + reason.get("title") + quotes);
        }
    }

    /** Spans count code points, a Java string counts UTF-16 units. */
    static String quote(String text, List<?> span) {
        int start = ((Number) span.get(0)).intValue();
        int end = ((Number) span.get(1)).intValue();
        return text.substring(text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, end));
    }

    /** What the desk can say to the applicant. */
    static void advice(String assessmentId) throws Exception {
        Map<String, Object> told = ask("/v1/screenings/" + assessmentId + "/advice", null).content();
        for (Object sentence : (List<?>) told.get("sentences")) {
            System.out.println(Json.object(sentence).get("sentence"));
        }
        System.out.println(told.get("summary"));
    }

    /** Poll until the consultation no longer waits; the ETag makes it cheap. */
    static void consultation(String id, double secondsBetween) throws Exception {
        String[] tag = {};
        Map<String, Object> found = Map.of("state", "open");
        while (Set.of("open", "overdue").contains(found.get("state"))) {
            Answer answer = ask("/v1/consultations/" + id, null, tag);
            if (answer.content() != null) {
                found = answer.content();
                tag = new String[] {"If-None-Match", answer.response().headers().firstValue("ETag").orElseThrow()};
            }
            if (Set.of("open", "overdue").contains(found.get("state"))) {
                Thread.sleep((long) (secondsBetween * 1000));
            }
        }
        System.out.println(found.get("state") + " " + orDash(found.get("answer")) + " " + orDash(found.get("successor_id")));
        for (Object one : (List<?>) found.get("answers")) {
            Map<String, Object> given = Json.object(one);
            System.out.println("  " + given.get("answer") + " " + given.get("reasons") + " " + given.get("conditions"));
        }
    }

    static Object orDash(Object value) {
        return value == null ? "-" : value;
    }

    /** Report what became of the registration. */
    static void outcome(String assessmentId, String became, String creditCode) throws Exception {
        Map<String, String> sent =
                creditCode.isEmpty() ? Map.of("outcome", became) : Map.of("outcome", became, "credit_code", creditCode);
        Answer answer = ask("/v1/screenings/" + assessmentId + "/outcome", sent);
        System.out.println(answer.status() + " " + answer.content().get("outcome"));
    }

    /** Say that the result is wrong: false_alarm, missed_risk or wrong_reason. */
    static void label(String assessmentId, String verdict, String comment) throws Exception {
        Map<String, String> sent = Map.of("verdict", verdict, "comment", comment);
        System.out.println(ask("/v1/screenings/" + assessmentId + "/labels", sent).content().get("state"));
    }

    /** Read everything that happened since last time; ends when there is no news for `wait` seconds. */
    static void events(Path kept, String wait) throws Exception {
        String after = Files.exists(kept) ? Files.readString(kept) : "";
        while (true) {
            Map<String, Object> found;
            try {
                String from = after.isEmpty() ? "" : "&after=" + after;
                found = ask("/v1/events?limit=200&wait=" + wait + from, null).content();
            } catch (Refused refused) {
                if (!Set.of("cursor_unknown", "cursor_expired").contains(refused.code)) {
                    throw refused;
                }
                System.err.println(refused.getMessage()); // tell somebody: a backup was restored, or we were away for months
                after = "";
                continue;
            }
            List<?> items = (List<?>) found.get("items");
            for (Object one : items) { // your own work stands here
                Map<String, Object> event = Json.object(one);
                System.out.println(event.get("cursor") + " " + event.get("kind") + " " + event.get("subject_id"));
            }
            after = found.get("next").toString();
            Path fresh = kept.resolveSibling(kept.getFileName() + ".new");
            Files.writeString(fresh, after);
            Files.move(fresh, kept, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            if (items.isEmpty()) {
                return;
            }
        }
    }

    public static void main(String[] given) throws Exception {
        try {
            switch (given[0]) {
                case "screen" -> screen(given[1], given[2], given[3]);
                case "advice" -> advice(given[1]);
                case "consultation" -> consultation(given[1], given.length > 2 ? Double.parseDouble(given[2]) : 60);
                case "outcome" -> outcome(given[1], given[2], given.length > 3 ? given[3] : "");
                case "label" -> label(given[1], given[2], given[3]);
                case "events" -> events(Path.of(given[1]), given.length > 2 ? given[2] : "30");
                default -> throw new IllegalArgumentException(given[0]);
            }
        } catch (Refused refused) {
            System.err.println(refused.getMessage());
            System.exit(1);
        }
    }

    /** Just enough JSON to need no library; if you have Jackson or Gson, use that. */
    static final class Json {
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        static Object read(String text) {
            return new Json(text).value();
        }

        @SuppressWarnings("unchecked")
        static Map<String, Object> object(Object value) {
            return (Map<String, Object>) value;
        }

        static String write(Map<String, ?> flat) {
            List<String> members = new ArrayList<>();
            flat.forEach((name, value) -> members.add(quoted(name) + ":" + quoted(value.toString())));
            return "{" + String.join(",", members) + "}";
        }

        static String quoted(String plain) {
            StringBuilder written = new StringBuilder("\"");
            for (char one : plain.toCharArray()) {
                written.append(one < ' ' || one == '"' || one == '\\' ? String.format("\\u%04x", (int) one) : one);
            }
            return written.append('"').toString();
        }

        private Object value() {
            char first = next();
            if (first == '{') {
                Map<String, Object> members = new LinkedHashMap<>();
                for (at++; next() != '}'; skip(',')) {
                    String name = string();
                    skip(':');
                    members.put(name, value());
                }
                at++;
                return members;
            }
            if (first == '[') {
                List<Object> items = new ArrayList<>();
                for (at++; next() != ']'; skip(',')) {
                    items.add(value());
                }
                at++;
                return items;
            }
            return first == '"' ? string() : literal();
        }

        private Object literal() {
            int start = at;
            while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(start, at);
            return switch (word) {
                case "null" -> null;
                case "true", "false" -> Boolean.valueOf(word);
                default -> new java.math.BigDecimal(word);
            };
        }

        private String string() {
            next();
            StringBuilder plain = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char one = text.charAt(at);
                if (one == '\\') {
                    one = text.charAt(++at);
                    int known = "bfnrt".indexOf(one);
                    if (known >= 0) {
                        one = "\b\f\n\r\t".charAt(known);
                    } else if (one == 'u') {
                        one = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                        at += 4;
                    }
                }
                plain.append(one);
            }
            at++;
            return plain.toString();
        }

        private char next() {
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return text.charAt(at);
        }

        private void skip(char separator) {
            if (next() == separator) {
                at++;
            }
        }
    }
}
