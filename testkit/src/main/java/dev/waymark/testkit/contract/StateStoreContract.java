package dev.waymark.testkit.contract;

import dev.waymark.testkit.contract.base.StoreFixture;
import dev.waymark.testkit.contract.work.AdmitContract;
import dev.waymark.testkit.contract.work.ChildContract;
import dev.waymark.testkit.contract.work.ChildListContract;
import dev.waymark.testkit.contract.work.ClaimConcurrencyContract;
import dev.waymark.testkit.contract.work.ClaimContract;
import dev.waymark.testkit.contract.work.ClaimSharesContract;
import dev.waymark.testkit.contract.work.ContinueContract;
import dev.waymark.testkit.contract.work.DeleteConcurrencyContract;
import dev.waymark.testkit.contract.work.DeleteContract;
import dev.waymark.testkit.contract.work.DeleteWorkflowContract;
import dev.waymark.testkit.contract.work.LeaseContract;
import dev.waymark.testkit.contract.work.LogContract;
import dev.waymark.testkit.contract.work.PoolContract;
import dev.waymark.testkit.contract.work.ReadyContract;
import dev.waymark.testkit.contract.work.SentSignalContract;
import dev.waymark.testkit.contract.work.SettleContract;
import dev.waymark.testkit.contract.work.SignalContract;
import dev.waymark.testkit.contract.work.TimerContract;
import dev.waymark.testkit.contract.work.WaitContract;
import dev.waymark.testkit.contract.work.WorkerContract;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;

/**
 * The whole contract of a {@link dev.waymark.core.store.StateStore}, topic by topic. A backend
 * extends it once and provides the location of its data. Every topic then runs against it.
 *
 * @since 0.1.0
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
public abstract class StateStoreContract {

  /** For the backends. */
  protected StateStoreContract() {}

  /** Returns a new, empty location for the data of one test. Called once for each test. */
  protected abstract StoreFixture newFixture();

  @Nested
  @Order(1)
  @DisplayName("the specification")
  class Specification extends SpecificationContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("workflows and their revisions")
  class Workflows extends WorkflowContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("executions")
  class Executions extends ExecutionContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("the tables of moves")
  class StateMachines extends StateMachineContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("task runs")
  class TaskRuns extends TaskRunContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("attempts and fencing")
  class Attempts extends AttemptContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("claims")
  class Claiming extends ClaimContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("cached facts")
  class CachedFacts extends CachedFactsContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("task runs made ready again")
  class Readiness extends ReadyContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("task runs that wait, and timers")
  class Timers extends TimerContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("labels")
  class Labels extends LabelContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("signals")
  class Signals extends SignalContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("signals that are sent twice, too late or too often")
  class SentSignals extends SentSignalContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("children")
  class Children extends ChildContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("lists of children")
  class ChildLists extends ChildListContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("executions that are deleted")
  class Deletions extends DeleteContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("deletions at the same moment as other calls")
  class DeletionsAtOnce extends DeleteConcurrencyContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("workflows that are deleted")
  class DeletedWorkflows extends DeleteWorkflowContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("executions that continue others")
  class Continuations extends ContinueContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("renewals of leases")
  class Renewals extends LeaseContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("settling")
  class Settling extends SettleContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("admission")
  class Admission extends AdmitContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("payloads")
  class Payloads extends PayloadContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("logs")
  class Logs extends LogContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("workers")
  class Workers extends WorkerContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("pools")
  class Pools extends PoolContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("atomicity")
  class Atomicity extends AtomicityContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("conflicts")
  class Conflicts extends ConflictContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("repeated commits")
  class RepeatedCommits extends RepeatedCommitContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("asynchronous commits")
  class AsyncCommits extends AsyncContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("conditions")
  class Conditions extends ConditionContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("filters")
  class Queries extends QueryContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("pages and cursors")
  class Pages extends PageContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("lists over many days")
  class ManyDays extends DaysContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("history")
  class Histories extends HistoryContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("time")
  class Times extends TimeContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("text")
  class Texts extends TextContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("limits")
  class SizeLimits extends LimitContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("ids that begin with a prefix")
  class Prefixes extends PrefixContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("many threads")
  class Concurrency extends ConcurrencyContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("many workers")
  class ClaimConcurrency extends ClaimConcurrencyContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("claims at the same moment")
  class ClaimShares extends ClaimSharesContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("several stores on the same data")
  class Reopening extends ReopenContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("closing")
  class Closing extends CloseContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("agreement with the reference store")
  class Reference extends ReferenceContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }

  @Nested
  @DisplayName("wait reasons")
  class Waits extends WaitContract {
    @Override
    protected StoreFixture newFixture() {
      return StateStoreContract.this.newFixture();
    }
  }
}
