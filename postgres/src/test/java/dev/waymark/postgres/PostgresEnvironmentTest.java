package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testserver.TestServer;
import java.util.Locale;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A store on PostgreSQL in an unusual environment")
class PostgresEnvironmentTest {
  private final Locale locale = Locale.getDefault();
  private final TimeZone zone = TimeZone.getDefault();
  private final String schema = TestServer.newSchema();

  @AfterEach
  void restore() {
    Locale.setDefault(locale);
    TimeZone.setDefault(zone);
    TestServer.drop(schema);
  }

  private PostgresStateStore open() {
    return PostgresStateStore.builder(TestServer.url()).schema(schema).build();
  }

  private void use(StateStore store) {
    try (Subscription unused = store.onReady(() -> {})) {
      store.commit(ChangeSet.builder().setPool("gpu", 1_234).build());
      assertThat(store.pools()).hasSize(1);
    }
  }

  @Test
  @DisplayName("works in a time zone that the server does not know, and keeps the default zone")
  void unknownZone() {
    TimeZone mars = new SimpleTimeZone(3_600_000, "Mars/Phobos");
    TimeZone.setDefault(mars);
    try (PostgresStateStore store = open()) {
      use(store);
    }
    assertThat(TimeZone.getDefault()).isEqualTo(mars);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("works in locales with other digits and letters")
  @ValueSource(
      strings = {
        "ar-EG",
        "ar-EG-u-nu-arab",
        "hi-IN-u-nu-deva",
        "th-TH-u-nu-thai",
        "tr-TR",
        "lt-LT"
      })
  void locale(String tag) {
    Locale.setDefault(Locale.forLanguageTag(tag));
    try (PostgresStateStore store = open()) {
      use(store);
    }
  }
}
