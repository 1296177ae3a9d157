package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.StoreUnavailableException.Outcome;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.RecordRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A serialized error")
class SerializedErrorsTest {

  @ParameterizedTest
  @EnumSource
  @DisplayName("still names every conflicting record")
  void refusals(Refusal.Reason reason) throws Exception {
    RecordRef record = RecordRef.of(Ids.system().executionId());
    Refusal refusal = new Refusal(record, reason, "update it", "version 1", "version 2");
    RefusedException error = RefusedException.of(List.of(refusal, refusal));

    RefusedException copy = copy(error);
    assertThat(copy).isInstanceOf(error.getClass()).hasMessage(error.getMessage());
    assertThat(copy.refusals()).isEqualTo(error.refusals());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("still says whether the outcome is known")
  void outcome(Outcome outcome) throws Exception {
    assertThat(copy(new StoreUnavailableException("away", null, outcome)).outcome())
        .isEqualTo(outcome);
  }

  @SuppressWarnings("unchecked") // a copy has the class of what was copied
  private static <T> T copy(T original) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(original);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
