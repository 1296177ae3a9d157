package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.runner.internal.process.ProcessGroups.Delivery;
import dev.waymark.testkit.Await;
import dev.waymark.worker.internal.lease.ProcStat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A process group")
class ProcessGroupsTest {

  /** Whether a process runs; one that has ended and waits to be collected does not. */
  static boolean runs(long pid) {
    ProcStat stat = ProcStat.of(pid);
    return stat == null
        ? !ProcStat.supported() && ProcessHandle.of(pid).isPresent()
        : !stat.isZombie();
  }

  @Test
  @DisplayName("without processes is not alive and receives no signal")
  void aGroupWithoutProcessesIsNotAliveAndTakesNoSignal() throws Exception {
    ProcessGroups groups = ProcessGroups.detect();
    Process ended = new ProcessBuilder(groups.leading(List.of("true"))).start();
    ended.waitFor();
    assertThat(groups.alive(ended.pid())).isFalse();
    assertThat(groups.signal(ended.pid(), ProcessGroups.Signal.TERM))
        .isEqualTo(Delivery.NO_PROCESS);
  }

  @Test
  @DisplayName("has the id of its leader")
  void theLeaderHasTheIdOfItsGroup() throws Exception {
    ProcessGroups groups = ProcessGroups.detect();
    Process leader = new ProcessBuilder(groups.leading(List.of("sleep", "300"))).start();
    Await.until("a group of its own", () -> groups.alive(leader.pid()));
    assertThat(groups.signal(leader.pid(), ProcessGroups.Signal.KILL))
        .isEqualTo(Delivery.DELIVERED);
    assertThat(leader.waitFor()).isEqualTo(137);
  }
}
