package dev.waymark.spring;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import org.jspecify.annotations.Nullable;

/**
 * Starts executions with values as inputs. A start within a transaction of Spring is part of it:
 * the execution exists when the transaction commits, and never if it rolls back. Thread-safe.
 *
 * <p>The same holds for {@link Runner#start(StartRequest)}, which takes labels, priorities and
 * more. It does not hold for a store with {@code waymark.store.url}: that store commits at once.
 *
 * <pre>{@code
 * record Order(int id, String item) {}
 *
 * class Orders {
 *   // @Transactional
 *   ExecutionId place(Order order, WorkflowStarter workflows) {
 *     return workflows.start("ship-order", order);
 *   }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class WorkflowStarter {
  private final Runner runner;
  private final @Nullable PayloadCodec codec;

  /**
   * Starts executions with a runner.
   *
   * @param codec maps inputs; null if all inputs are payloads
   */
  public WorkflowStarter(Runner runner, @Nullable PayloadCodec codec) {
    this.runner = runner;
    this.codec = codec;
  }

  /**
   * Starts the latest revision of a workflow.
   *
   * @param input a value that the codec maps, or a {@link Payload}; null for none
   * @throws InvalidInputException when the input does not suit the workflow, or there is no codec
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such workflow
   * @throws dev.waymark.core.error.StoreUnavailableException when the store does not answer, or
   *     another transaction was in the way; then repeat the whole transaction
   */
  public ExecutionId start(String workflow, @Nullable Object input) {
    return runner.start(request(workflow, input).build());
  }

  /**
   * Does the same at most once for each key. The same start with the same key returns the same
   * execution.
   *
   * @param idempotencyKey what identifies the start, such as the id of an order
   * @throws dev.waymark.core.conflict.ConflictException when another start had this key
   */
  public ExecutionId start(String workflow, @Nullable Object input, String idempotencyKey) {
    return runner.start(request(workflow, input).idempotencyKey(idempotencyKey).build());
  }

  private StartRequest.Builder request(String workflow, @Nullable Object input) {
    return StartRequest.builder(new WorkflowId(workflow)).input(payload(input));
  }

  private @Nullable Payload payload(@Nullable Object input) {
    if (input == null) {
      return null;
    }
    if (input instanceof Payload payload) {
      return payload;
    }
    if (codec == null) {
      throw new InvalidInputException(
          "the input is a "
              + input.getClass().getName()
              + ", and there is no bean of type PayloadCodec that maps it. Add Jackson to the"
              + " application, declare such a bean, or use a Payload");
    }
    return codec.encode(input);
  }
}
