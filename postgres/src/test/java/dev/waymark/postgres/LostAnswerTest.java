package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A proxy or a network loses an answer of the server, and the connection stays open. The driver
 * waits for its whole time-out, which is longer than the retry time-out.
 */
@DisplayName("87: An answer of the server is lost")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostAnswerTest {
  private final AtomicBoolean loses = new AtomicBoolean();
  private final String schema = TestServer.newName();
  private Proxy proxy;
  private StateStore store;

  @BeforeEach
  void open() throws IOException {
    proxy = Proxy.ofTestServer(Losing::new);
    store =
        PostgresStateStore.builder(proxy.url("socketTimeout=1"))
            .schema(schema)
            .retryTimeout(Duration.ofMillis(100))
            .build();
    Sample.saveWorkflow(store);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    proxy.close();
    TestServer.drop(schema);
  }

  /** From the first lost answer on, the connection loses all. */
  private final class Losing implements Proxy.Tap {
    private boolean isLost;

    @Override
    public boolean toClient(byte[] bytes, int length, OutputStream client) throws IOException {
      isLost |= loses.compareAndSet(true, false);
      if (!isLost) {
        client.write(bytes, 0, length);
      }
      return true;
    }
  }

  @Test
  @DisplayName("a read is repeated")
  void read() {
    TaskRunId run = Sample.createTaskRun(store);
    loses.set(true);
    assertThat(store.taskRun(run).id()).isEqualTo(run);
    assertThat(loses).isFalse();
  }

  @Test
  @DisplayName("a change set is repeated, and takes effect once")
  void commit() {
    ExecutionId execution = store.taskRun(Sample.createTaskRun(store)).executionId();
    loses.set(true);
    store.updateExecution(execution, ExecutionState.RUNNING, 1);
    assertThat(loses).isFalse();
    assertThat(store.execution(execution).version()).isEqualTo(2);
  }

  @Test
  @DisplayName("a claim is repeated")
  void claim() {
    TaskRunId run = Sample.createTaskRun(store);
    store.updateExecution(store.taskRun(run).executionId(), ExecutionState.RUNNING, 1);
    store.commit(ChangeSet.builder().readyTaskRun(run).build());
    loses.set(true);
    assertThat(store.claim(ClaimRequest.of("worker", 1, Duration.ofHours(1))).claimed()).hasSize(1);
    assertThat(loses).isFalse();
    assertThat(store.taskRun(run).state()).isEqualTo(TaskRunState.RUNNING);
  }
}
