/**
 * The worker: claims, leases, retries and recovery for programs with a graph of their own.
 *
 * <p>The internal packages are open to the runner, which is built on them.
 */
@SuppressWarnings("module") // this module is compiled before the module that it names
module dev.waymark.worker {
  requires static transitive org.jspecify;
  requires transitive dev.waymark.core;
  requires org.slf4j;

  exports dev.waymark.worker;
  exports dev.waymark.worker.api;
  exports dev.waymark.worker.internal.base to
      dev.waymark.runner;
  exports dev.waymark.worker.internal.claim to
      dev.waymark.runner;
  exports dev.waymark.worker.internal.lease to
      dev.waymark.runner;
}
