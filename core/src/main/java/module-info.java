import dev.waymark.core.spi.StoreProvider;

/**
 * The vocabulary of Waymark, the interface of its store, and the rules that all backends share.
 *
 * <p>The internal packages are open to the other modules of Waymark only.
 */
@SuppressWarnings("module") // this module is compiled before the modules that it names
module dev.waymark.core {
  requires static transitive org.jspecify;
  requires tools.jackson.core;

  exports dev.waymark.core.conflict;
  exports dev.waymark.core.error;
  exports dev.waymark.core.model;
  exports dev.waymark.core.query;
  exports dev.waymark.core.spi;
  exports dev.waymark.core.store;
  exports dev.waymark.core.internal to
      dev.waymark.cli,
      dev.waymark.jdbc,
      dev.waymark.postgres,
      dev.waymark.runner,
      dev.waymark.sqlite,
      dev.waymark.testkit,
      dev.waymark.worker;
  exports dev.waymark.core.internal.decide to
      dev.waymark.bench,
      dev.waymark.jdbc,
      dev.waymark.testkit;
  exports dev.waymark.core.internal.submit to
      dev.waymark.bench,
      dev.waymark.jdbc,
      dev.waymark.testkit;
  exports dev.waymark.core.internal.read to
      dev.waymark.jdbc,
      dev.waymark.testkit;

  uses StoreProvider;
}
