package dev.waymark.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A payload")
class PayloadTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " [1,\t2]\r\n",
        "null",
        "\"é€🚀\"",
        "\"\\u0000\\ud800\"",
        "-0.0e-10",
        "{\"a\":1,\"a\":2}",
        "123456789012345678901234567890.123456789012345678901234567890"
      })
  @DisplayName("keeps JSON to the byte")
  void json(String text) {
    for (Payload payload :
        List.of(
            Payload.json(text),
            Payload.of("application/json", utf8(text)),
            Payload.of("application/vnd.order+json; v=1", utf8(text)))) {
      assertThat(payload.bytes()).isEqualTo(utf8(text));
      assertThat(payload.text()).isEqualTo(text);
      assertThat(payload.size()).isEqualTo(utf8(text).length);
      assertThat(payload.isJson()).isTrue();
    }
  }

  @Test
  @DisplayName("may have values that are larger than usual")
  void large() {
    String digits = "1".repeat(5_000);
    String name = "n".repeat(60_000);
    String text = "x".repeat(30_000_000);
    for (String json : List.of(digits, "{\"" + name + "\":1}", "\"" + text + "\"")) {
      assertThat(Payload.json(json).text()).isEqualTo(json);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''      | is empty",
        "' '     | is empty",
        "'{'     | line 1, column 2",
        "'[1,]'  | line 1, column 4",
        "'{}{}'  | the second begins at line 1, column 3; send one value",
        "'[1] x' | not well-formed JSON",
        "'01'    | not well-formed JSON",
        "'nul'   | not well-formed JSON",
        "NaN     | not well-formed JSON",
      })
  @DisplayName("that is declared as JSON is well-formed")
  void notJson(String text, String message) {
    assertThatThrownBy(() -> Payload.json(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("payload")
        .hasMessageContaining(message);
    for (String type : List.of("application/json", "APPLICATION/JSON ; a=b", "image/svg+json")) {
      assertThatThrownBy(() -> Payload.of(type, utf8(text)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("payload of type " + type)
          .hasMessageContaining(message);
    }
  }

  @Test
  @DisplayName("of JSON has no byte order mark, no lone surrogate, is UTF-8, and is not too deep")
  void notText() {
    assertThatThrownBy(() -> Payload.json("\uFEFF1")).hasMessageContaining("not well-formed JSON");
    assertThatThrownBy(() -> Payload.json("\"\uD800\"")).hasMessageContaining("lone surrogate");
    assertThatThrownBy(() -> Payload.of(Payload.JSON, new byte[] {'"', (byte) 0xff, '"'}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not UTF-8");
    assertThat(Payload.json("[".repeat(500) + "]".repeat(500)).size()).isEqualTo(1_000);
    assertThatThrownBy(() -> Payload.json("[".repeat(501) + "]".repeat(501)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("500");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text",
        "/",
        "a/",
        "a/b/c",
        "a b/c",
        "a/b;",
        "a/b;c",
        "a/é",
        "a/b\n",
        "a/b;c=\"d"
      })
  @DisplayName("has a valid media type")
  void notType(String type) {
    assertThatThrownBy(() -> Payload.of(type, new byte[0]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("media type");
  }

  @Test
  @DisplayName("has a media type of at most 255 characters")
  void longType() {
    String longest = "x".repeat(127) + "/" + "y".repeat(127);
    assertThat(Payload.of(longest, new byte[0]).mediaType()).isEqualTo(longest);
    assertThatThrownBy(() -> Payload.of(longest + ";a=b", new byte[0]))
        .hasMessageContaining("259 characters; use at most 255");
  }

  @Test
  @DisplayName("of any other type is any bytes, which nobody can change")
  void bytes() {
    byte[] bytes = {0, (byte) 0xff, 7};
    Payload payload = Payload.of("a/b; c=\"d, e\"", bytes);
    bytes[0] = 1;
    payload.bytes()[1] = 1;
    assertThat(payload.bytes()).containsExactly(0, 0xff, 7);
    assertThat(payload.isJson()).isFalse();
    assertThat(payload.size()).isEqualTo(3);
    assertThat(payload.texts()).isEmpty();
    assertThat(payload)
        .isEqualTo(Payload.of("a/b; c=\"d, e\"", new byte[] {0, (byte) 0xff, 7}))
        .isNotEqualTo(Payload.of("a/c", new byte[] {0, (byte) 0xff, 7}))
        .hasToString("a/b; c=\"d, e\", 3 bytes");
  }

  @Test
  @DisplayName("is a map of texts where it is a JSON object")
  void texts() {
    assertThat(Payload.ofTexts(Map.of("b", "2", "a", "\"\n")))
        .isEqualTo(Payload.json("{\"a\":\"\\\"\\n\",\"b\":\"2\"}"));
    assertThat(Payload.ofTexts(Map.of()).text()).isEqualTo("{}");
    assertThat(
            Payload.json(
                    "{\"o\": { \"p\": [1, {}] }, \"n\": 1.50, \"b\":false, \"z\":null, \"s\": \"x\","
                        + " \"s\": \"y\", \"é\": [ ]}")
                .texts())
        .containsExactly(
            Map.entry("b", "false"),
            Map.entry("n", "1.50"),
            Map.entry("o", "{ \"p\": [1, {}] }"),
            Map.entry("s", "y"),
            Map.entry("z", "null"),
            Map.entry("é", "[ ]"));
    assertThat(Payload.json("[{\"a\":1}]").texts()).isEmpty();
    assertThatThrownBy(() -> Payload.ofTexts(Map.of("a", "\0")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("value \"a\" of a payload has a NUL");
  }

  @Test
  @DisplayName("of inputs has names that are environment variables; no inputs are no payload")
  void inputs() {
    assertThat(Payload.ofInputs(Map.of())).isNull();
    assertThat(Payload.ofInputs(Map.of("day", "1"))).isEqualTo(Payload.json("{\"day\":\"1\"}"));
    assertThatThrownBy(() -> Payload.ofInputs(Map.of("a b", "1")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("input name \"a b\"");
  }

  @Test
  @DisplayName("belongs to a record that can have it")
  void refs() {
    ExecutionId execution = Ids.system().executionId();
    assertThat(PayloadRef.inputOf(execution).record()).isEqualTo(RecordRef.of(execution));
    assertThatThrownBy(() -> new PayloadRef.OfExecution(execution, PayloadRef.Part.DETAILS))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("execution " + execution + " has no DETAILS");
  }
}
