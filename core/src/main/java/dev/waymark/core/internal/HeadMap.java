package dev.waymark.core.internal;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A map that overlays another one: it shows the entries of that one, except for what it has or has
 * removed itself. The own map is created by the first write, because most maps of a draft are
 * hardly written. Not thread-safe.
 */
public final class HeadMap<K, V> {
  private final @Nullable HeadMap<K, V> base;
  private final int capacity;
  private @Nullable Map<K, V> own;

  /** Keys that were removed, and so hide the entries of the map below. */
  private @Nullable Set<K> removed;

  private HeadMap(@Nullable HeadMap<K, V> base, int capacity) {
    this.base = base;
    this.capacity = capacity;
  }

  /** An empty map, which keeps at most so many entries: the most recently used. */
  public static <K, V> HeadMap<K, V> keeping(int capacity) {
    return new HeadMap<>(null, capacity);
  }

  /** A map over this one. */
  public HeadMap<K, V> draft() {
    return new HeadMap<>(this, Integer.MAX_VALUE);
  }

  /** The value of a key, or null. */
  public @Nullable V get(K key) {
    for (HeadMap<K, V> map = this; map != null; map = map.base) {
      V found = map.own == null ? null : map.own.get(key);
      if (found != null || map.isRemoved(key)) {
        return found;
      }
    }
    return null;
  }

  private boolean isRemoved(K key) {
    return removed != null && removed.contains(key);
  }

  /** All keys that are here. */
  public Set<K> keys() {
    Set<K> keys = base == null ? new HashSet<>() : base.keys();
    if (removed != null) {
      keys.removeAll(removed);
    }
    if (own != null) {
      keys.addAll(own.keySet());
    }
    return keys;
  }

  /** Sets the value of a key. */
  public void put(K key, V value) {
    own().put(key, value);
  }

  /** Removes a key, also from the map to which this one is added later. */
  public void remove(K key) {
    if (own != null) {
      own.remove(key);
    }
    if (capacity == Integer.MAX_VALUE) {
      if (removed == null) {
        removed = new HashSet<>();
      }
      removed.add(key);
    }
  }

  /** Removes the entries of this map, without the one below, for which a condition holds. */
  public void removeIf(BiPredicate<K, V> condition) {
    if (own != null) {
      own.entrySet().removeIf(entry -> condition.test(entry.getKey(), entry.getValue()));
    }
  }

  private Map<K, V> own() {
    if (own == null) {
      own = capacity == Integer.MAX_VALUE ? new HashMap<>() : new LastUsed<>(capacity);
    }
    return own;
  }

  /** Adds what was written here to the map below. */
  public void post() {
    if (base != null) {
      addTo(base);
    }
  }

  /** Copies the entries of these keys. */
  public void copy(Collection<K> keys, HeadMap<K, V> to) {
    for (K key : keys) {
      V found = get(key);
      if (found != null) {
        to.put(key, found);
      }
    }
  }

  /** Adds what was written here, without the map below, to another map. */
  public void addTo(HeadMap<K, V> other) {
    if (removed != null) {
      removed.forEach(other::remove);
    }
    if (own != null) {
      other.own().putAll(own);
    }
  }

  /** A map that evicts the least recently used entry. */
  private static final class LastUsed<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int capacity;

    LastUsed(int capacity) {
      super(16, 0.75f, true);
      this.capacity = capacity;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > capacity;
    }
  }
}
