package dev.waymark.core.store;

/** What goes on until it is closed. Closing twice does nothing. */
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
