import dev.waymark.core.spi.StoreProvider;
import dev.waymark.testkit.MemoryProvider;

/**
 * The contract of a store as tests, for backends of your own.
 *
 * <p>JUnit calls the tests by reflection, so their packages are open.
 */
module dev.waymark.testkit {
  requires static org.jspecify;
  requires transitive dev.waymark.core;
  requires transitive java.sql;
  requires transitive org.assertj.core;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;

  exports dev.waymark.testkit;
  exports dev.waymark.testkit.contract;
  exports dev.waymark.testkit.contract.base;
  exports dev.waymark.testkit.contract.work;
  exports dev.waymark.testkit.model;
  exports dev.waymark.testkit.sql;

  opens dev.waymark.testkit.contract;
  opens dev.waymark.testkit.contract.base;
  opens dev.waymark.testkit.contract.work;
  opens dev.waymark.testkit.sql;

  provides StoreProvider with
      MemoryProvider;
}
