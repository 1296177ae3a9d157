package dev.waymark.jdbc.internal.migrate;

import dev.waymark.core.error.SchemaMismatchException;
import java.util.List;
import java.util.Map;

/**
 * The migrations of a backend, in order, numbered from 1 without a gap. Immutable.
 *
 * <p>A script is given to the database as a whole: the driver of PostgreSQL and SQLite itself take
 * it apart, and know best where a statement ends. The backend runs it in one transaction together
 * with its row in the history, under a lock that keeps out others who open the same store, and
 * looks at the version again once it has the lock.
 */
public final class Migrations {
  private final List<Migration> all;

  private Migrations(List<Migration> all) {
    this.all = all;
  }

  /**
   * Loads the scripts with these names from the resources beside a class.
   *
   * @param folder the folder, seen from the class
   */
  public static Migrations load(Class<?> beside, String folder, List<String> names) {
    List<Migration> all = names.stream().map(name -> Migration.load(beside, folder, name)).toList();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).version() != i + 1) {
        throw new IllegalStateException(
            "migration " + all.get(i).script() + " must have the number " + (i + 1));
      }
    }
    return new Migrations(all);
  }

  /** Those that lead from this version to the newest, in order. */
  public List<Migration> after(int version) {
    return all.subList(version, all.size());
  }

  /**
   * Checks that what made the tables is what this program would make them with: the next migration
   * is written for those tables alone.
   *
   * @param checksums by version, those that the history of the store contains
   * @param place the store, as a message names it
   * @throws SchemaMismatchException when one differs
   */
  public void check(Map<Integer, Integer> checksums, String place) {
    for (Migration migration : all) {
      Integer found = checksums.get(migration.version());
      if (found != null && found != migration.checksum()) {
        throw new SchemaMismatchException(
            place
                + " was made by another "
                + migration.script()
                + " than the one of this Waymark (checksum "
                + found
                + ", expected "
                + migration.checksum()
                + "), so it cannot be migrated; nothing was changed. Use a release of Waymark, or"
                + " restore the store from a backup",
            null);
      }
    }
  }
}
