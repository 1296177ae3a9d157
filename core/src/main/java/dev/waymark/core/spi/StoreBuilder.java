package dev.waymark.core.spi;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import java.time.InstantSource;

/**
 * The settings that every store has, whatever its backend. Not thread-safe.
 *
 * @param <B> the builder of the backend, which each method returns
 * @since 0.1.0
 */
public abstract class StoreBuilder<B extends StoreBuilder<B>> {
  private boolean createIfMissing = true;
  private Limits limits = Limits.defaults();
  private InstantSource clock = InstantSource.system();
  private StoreObserver observer = StoreObserver.NONE;

  /** Begins with the defaults. */
  protected StoreBuilder() {}

  /** Returns this builder. */
  protected abstract B self();

  /**
   * Whether a missing store is created; true by default. On SQLite, an empty file is a missing
   * store; on PostgreSQL, a missing or empty schema is. A program that only reads sets false, so
   * that a misspelt name is an error.
   */
  public final B createIfMissing(boolean create) {
    this.createIfMissing = create;
    return self();
  }

  /** The limits; {@link Limits#defaults()} by default. */
  public final B limits(Limits limits) {
    this.limits = limits;
    return self();
  }

  /** The clock for the time of commits; the system clock by default. */
  public final B clock(InstantSource clock) {
    this.clock = clock;
    return self();
  }

  /**
   * Adds an observer of each group of commits and each claim; none by default. All observers are
   * called, in the order in which they were added.
   */
  public final B observer(StoreObserver observer) {
    this.observer = StoreObserver.all(this.observer, observer);
    return self();
  }

  /** Takes over all settings of this class from the options of a program. */
  public final B options(StoreOptions options) {
    return createIfMissing(options.createIfMissing())
        .limits(options.limits())
        .clock(options.clock())
        .observer(options.observer());
  }

  /** The setting of {@link #createIfMissing(boolean)}. */
  protected final boolean createIfMissing() {
    return createIfMissing;
  }

  /** The setting of {@link #limits(Limits)}. */
  protected final Limits limits() {
    return limits;
  }

  /** The setting of {@link #clock(InstantSource)}. */
  protected final InstantSource clock() {
    return clock;
  }

  /** All observers of {@link #observer(StoreObserver)} as one. */
  protected final StoreObserver observer() {
    return observer;
  }
}
