package dev.waymark.core.store;

/**
 * A registration that lasts until it is closed. A second close does nothing.
 *
 * @since 0.1.0
 */
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
