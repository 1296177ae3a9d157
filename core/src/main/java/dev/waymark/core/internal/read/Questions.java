package dev.waymark.core.internal.read;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.query.ExecutionConditions;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.TaskRunCondition;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import java.util.Locale;

/** Checks of the arguments of reads that need the limits of the store or several arguments. */
public final class Questions {
  private Questions() {}

  /**
   * Checks the size of a page.
   *
   * @throws InvalidInputException when it is below 1 or over {@link Limits#maxPageSize()}
   */
  public static int checkedLimit(int limit, Limits limits) {
    if (limit < 1 || limit > limits.maxPageSize()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "limit %d is out of range; use 1 to %d (the limit maxPageSize of this store)",
              limit,
              limits.maxPageSize()));
    }
    return limit;
  }

  /**
   * Checks a look-up of ids by prefix.
   *
   * @throws InvalidInputException when records of this kind have no ids of their own, the prefix is
   *     not well-formed, or the limit is out of range
   */
  public static void checkPrefix(RecordKind kind, String prefix, int limit, Limits limits) {
    checkedLimit(limit, limits);
    Text.wellFormed("prefix of " + kind.words() + " ids", prefix);
    boolean hasIds =
        kind == RecordKind.WORKFLOW || kind == RecordKind.EXECUTION || kind == RecordKind.TASK_RUN;
    if (!hasIds) {
      throw new InvalidInputException(
          kind.words()
              + "s have no ids of their own; look up a workflow, an execution or a task run");
    }
  }

  /**
   * Checks the texts of a list of executions.
   *
   * @throws InvalidInputException when no stored text can be as long as one of them
   */
  public static void checkConditions(ExecutionConditions conditions, Limits limits) {
    int label = limits.maxLabelValueBytes();
    for (LabelCondition condition : conditions.labelConditions()) {
      String name = Text.quote(condition.name());
      if (condition instanceof LabelCondition.AnyOf anyOf) {
        anyOf
            .values()
            .forEach(v -> checkBytes("value of label " + name, v, "maxLabelValueBytes", label));
      } else if (condition instanceof LabelCondition.StartsWith starts) {
        checkBytes("prefix of label " + name, starts.prefix(), "maxLabelValueBytes", label);
      }
    }
    TaskRunCondition taskRun = conditions.taskRun();
    if (taskRun != null && taskRun.worker() != null) {
      checkBytes("name of the worker", taskRun.worker(), "maxWorkerBytes", limits.maxWorkerBytes());
    }
    if (taskRun != null && taskRun.errorPrefix() != null) {
      checkBytes(
          "prefix of errors", taskRun.errorPrefix(), "maxErrorBytes", limits.maxErrorBytes());
    }
  }

  private static void checkBytes(String what, String text, String limit, int max) {
    int bytes = Text.utf8Bytes(text);
    if (bytes > max) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "the %s %s has %,d bytes, over the limit %s of %,d, so nothing can match; shorten it,"
                  + " or raise the limit when opening the store",
              what,
              Text.quote(text),
              bytes,
              limit,
              max));
    }
  }

  /**
   * Checks a claim.
   *
   * @throws InvalidInputException when it asks for more than {@link Limits#maxClaims()}, or the
   *     name of its worker is too long
   */
  public static void checkClaim(ClaimRequest request, Limits limits) {
    if (request.limit() > limits.maxClaims()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "a claim of %,d task runs is over the limit maxClaims of %,d; claim fewer, or raise the limit when opening the store",
              request.limit(),
              limits.maxClaims()));
    }
    int bytes = Text.utf8Bytes(request.worker());
    if (bytes > limits.maxWorkerBytes()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "worker %s has %,d bytes, over the limit maxWorkerBytes of %,d; shorten its name, or raise the limit when opening the store",
              Text.quote(request.worker()),
              bytes,
              limits.maxWorkerBytes()));
    }
  }

  /**
   * Checks a read of a part of a log.
   *
   * @throws InvalidInputException when it begins before the log or asks for no bytes
   */
  public static void checkLogPart(AttemptId id, long position, int maxBytes) {
    if (position < 0 || maxBytes < 1) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "cannot read %d bytes from position %d of the log of attempt %s; use 1 byte or more and"
                  + " position 0 or more",
              maxBytes,
              position,
              id));
    }
  }

  /** The error of a store that was closed. */
  public static IllegalStateException closed() {
    return new IllegalStateException("this store is closed; open it again to use it");
  }
}
