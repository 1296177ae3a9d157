package dev.waymark.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.testserver.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A server that is too old")
class OldServerTest {

  @ParameterizedTest(name = "({0})")
  @ValueSource(strings = {"13.23", "12.22 (Debian 12.22-1)", "9.6.24"})
  @DisplayName("is refused with its version and the required one, and stays unchanged")
  void tooOld(String version) throws Exception {
    String schema = TestServer.newName();
    try (Proxy proxy = Proxy.ofTestServer(() -> new Aged(version))) {
      assertThatThrownBy(
              () ->
                  PostgresStateStore.builder(proxy.url("sslmode=disable&gssEncMode=disable"))
                      .schema(schema)
                      .build())
          .isInstanceOf(SchemaMismatchException.class)
          .hasMessageContaining("postgresql://localhost:" + proxy.port())
          .hasMessageContaining("PostgreSQL " + version)
          .hasMessageContaining("needs PostgreSQL 14 or later")
          .hasMessageContaining("Update the server, or name another");
    }
    assertThat(
            TestServer.text("SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema + "'"))
        .isEqualTo("0");
  }

  /** Replaces the version that a server reports. Everything else is real. */
  private static final class Aged implements Proxy.Tap {
    private final String version;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean greeted;

    Aged(String version) {
      this.version = version;
    }

    /** Reads the greeting message by message, up to the message that the server is ready. */
    @Override
    public boolean toClient(byte[] bytes, int length, OutputStream client) throws IOException {
      if (greeted) {
        client.write(bytes, 0, length);
        return true;
      }
      held.write(bytes, 0, length);
      ByteBuffer in = ByteBuffer.wrap(held.toByteArray());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      while (!greeted && in.remaining() >= 5 && in.remaining() > in.getInt(in.position() + 1)) {
        byte kind = in.get();
        byte[] content = new byte[in.getInt() - 4];
        in.get(content);
        write(out, kind, content);
        greeted = kind == 'Z';
      }
      held.reset();
      (greeted ? out : held).write(in.array(), in.position(), in.remaining());
      client.write(out.toByteArray());
      return true;
    }

    /** A message has its kind, the length of itself and its content, and the content. */
    private void write(ByteArrayOutputStream out, byte kind, byte[] content) throws IOException {
      byte[] sent =
          kind == 'S' && new String(content, UTF_8).startsWith("server_version\0")
              ? ("server_version\0" + version + "\0").getBytes(UTF_8)
              : content;
      out.write(kind);
      out.write(ByteBuffer.allocate(4).putInt(sent.length + 4).array());
      out.write(sent);
    }
  }
}
