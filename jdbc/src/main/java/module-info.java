/**
 * What the stores on a database share: the commit path, claims, queries and migrations, and {@link
 * dev.waymark.jdbc.TransactionalStore}, which they offer.
 */
@SuppressWarnings("module") // this module is compiled before the modules that it names
module dev.waymark.jdbc {
  requires transitive dev.waymark.core;
  requires transitive java.sql;
  requires org.slf4j;
  requires tools.jackson.core;

  exports dev.waymark.jdbc;
  exports dev.waymark.jdbc.internal to
      dev.waymark.postgres,
      dev.waymark.sqlite;
  exports dev.waymark.jdbc.internal.commit to
      dev.waymark.postgres,
      dev.waymark.sqlite;
  exports dev.waymark.jdbc.internal.migrate to
      dev.waymark.postgres,
      dev.waymark.sqlite;
  exports dev.waymark.jdbc.internal.notify to
      dev.waymark.postgres,
      dev.waymark.sqlite;
  exports dev.waymark.jdbc.internal.read to
      dev.waymark.bench,
      dev.waymark.postgres,
      dev.waymark.sqlite;
  exports dev.waymark.jdbc.internal.sql to
      dev.waymark.postgres,
      dev.waymark.sqlite;
}
