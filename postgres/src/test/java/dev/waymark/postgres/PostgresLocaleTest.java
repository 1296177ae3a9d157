package dev.waymark.postgres;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.SpecificationContract;
import dev.waymark.testkit.contract.base.StoreFixture;
import dev.waymark.testserver.TestServer;
import java.time.InstantSource;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

@DisplayName("PostgreSQL in another locale")
class PostgresLocaleTest {
  @Nested
  @DisplayName("with Arabic digits")
  class Arabic extends SpecificationContract {
    @Override
    protected StoreFixture newFixture() {
      return fixture("ar-EG-u-nu-arab");
    }
  }

  @Nested
  @DisplayName("with the Turkish alphabet")
  class Turkish extends SpecificationContract {
    @Override
    protected StoreFixture newFixture() {
      return fixture("tr-TR");
    }
  }

  private static StoreFixture fixture(String tag) {
    String schema = TestServer.newSchema();
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(tag));
    return new StoreFixture() {
      @Override
      public StateStore open(InstantSource clock, Limits limits) {
        return PostgresStateStore.builder(TestServer.url())
            .schema(schema)
            .clock(clock)
            .limits(limits)
            .build();
      }

      @Override
      public void close() {
        Locale.setDefault(before);
        TestServer.drop(schema);
      }
    };
  }
}
