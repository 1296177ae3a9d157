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
  @DisplayName("is refused with its version, the one that is needed, and nothing made in it")
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

  /** Lets a server say another version of itself. All else it does is real. */
  private static final class Aged implements Proxy.Tap {
    private final String version;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean greeted;

    Aged(String version) {
      this.version = version;
    }

    /** Takes the greeting message by message, up to the one that the server is ready. */
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

    /** A message is its kind, its length with that of itself, and its content. */
    private void write(ByteArrayOutputStream out, byte kind, byte[] content) throws IOException {
      byte[] told =
          kind == 'S' && new String(content, UTF_8).startsWith("server_version\0")
              ? ("server_version\0" + version + "\0").getBytes(UTF_8)
              : content;
      out.write(kind);
      out.write(ByteBuffer.allocate(4).putInt(told.length + 4).array());
      out.write(told);
    }
  }
}
