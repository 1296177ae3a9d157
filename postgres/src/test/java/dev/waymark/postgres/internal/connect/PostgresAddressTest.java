package dev.waymark.postgres.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.postgres.PostgresStateStore;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The URL of a store on PostgreSQL")
class PostgresAddressTest {
  private static PostgresAddress parse(String url) {
    return PostgresAddress.parse(url, List.of("schema", "pool-size"));
  }

  @Test
  @DisplayName("contains user, password, host, port, database and settings")
  void full() {
    PostgresAddress address =
        parse("postgresql://me%40home:p%3Aw+d@db.example:6000/things?schema=flows&sslmode=require");
    assertThat(address.name()).isEqualTo("postgresql://db.example:6000/things");
    assertThat(address.user()).isEqualTo("me@home");
    assertThat(address.driver()).containsEntry("password", "p:w+d");
    assertThat(address).hasToString("postgresql://db.example:6000/things");
    assertThat(address.driver()).containsEntry("sslmode", "require");
    assertThat(address.store()).isEqualTo(Map.of("schema", "flows"));
  }

  @Test
  @DisplayName("may be a JDBC URL")
  void jdbc() {
    PostgresAddress address =
        parse("jdbc:postgresql://one,two:6001/things?user=me&pool-size=3&targetServerType=any");
    assertThat(address.name()).isEqualTo("postgresql://one:5432,two:6001/things");
    assertThat(address.user()).isEqualTo("me");
    assertThat(address.store()).isEqualTo(Map.of("pool-size", "3"));
    assertThat(address.driver()).containsEntry("targetServerType", "any");
  }

  @Test
  @DisplayName("requires only a host")
  void least() {
    assertThat(parse("postgres://db/things").name()).isEqualTo("postgresql://db:5432/things");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "things",
        "mysql://me:hunter2@db/things",
        "postgresql:me:hunter2@db",
        "jdbc:sqlite:a",
        "postgresql://me:hunter2@db:port/things",
        "postgresql://me:hunter2%@db/things",
        "postgresql://me:hunter2@db/things?password=hunter2&nonsense=hunter2"
      })
  @DisplayName("is refused when it is invalid, without showing it")
  void refused(String url) {
    assertThatThrownBy(() -> parse(url))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageNotContaining("hunter2")
        .hasMessageContaining("URL");
  }

  @Test
  @DisplayName("is refused when a setting has an invalid value")
  void settings() {
    assertThatThrownBy(() -> PostgresStateStore.builder("postgresql://db/a?pool-size=many"))
        .hasMessageContaining("pool-size \"many\" is not a whole number");
    assertThatThrownBy(() -> PostgresStateStore.builder("postgresql://db/a?lock-timeout=5"))
        .hasMessageContaining("lock-timeout \"5\" is not a duration");
    assertThatThrownBy(() -> PostgresStateStore.builder("postgresql://db/a").property("x", "y"))
        .hasMessageContaining("no parameter \"x\"");
  }
}
