package dev.waymark.jdbc.internal.sql;

import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.TaskRunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The columns of an execution that say which task run started it: all null if it is no child. */
public final class ParentColumns {
  private ParentColumns() {}

  /** The parent of a row; its columns begin at this one. */
  public static @Nullable Parent read(Dialect dialect, ResultSet row, int first)
      throws SQLException {
    String policy = row.getString(first + 2);
    return policy == null
        ? null
        : new Parent(
            new TaskRunId(dialect.uuid(row, first)),
            new ExecutionId(dialect.uuid(row, first + 1)),
            ChildPolicy.valueOf(policy),
            row.getInt(first + 3));
  }
}
