package dev.waymark.trials;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.core.importer.Locations;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The architecture of all modules")
class ArchitectureTest {
  /**
   * The methods of {@link Files} that a class may call for a path that may be the database: none of
   * them opens the file.
   */
  private static final Set<String> QUESTIONS =
      Set.of(
          "isDirectory",
          "exists",
          "isRegularFile",
          "isSymbolicLink",
          "isSameFile",
          "readSymbolicLink",
          "size",
          "getAttribute");

  /** The class of a file under a name that no store knows, which no store can have open. */
  private static final String NEW_FILE = "NewFile";

  /**
   * The exceptions: a file that is created exclusively, which no connection can have open, names of
   * files that open nothing, and the list of mount points.
   */
  private static final Set<String> EXCEPTIONS =
      Set.of(
          "StoreFile.createFile",
          NEW_FILE + ".createLink",
          NEW_FILE + ".move",
          NEW_FILE + ".delete",
          NEW_FILE + ".deleteIfExists",
          "MountPoints.readAllLines");

  private static final Pattern MODULE = Pattern.compile("dev\\.waymark\\.(\\w+).*");

  private static final int LARGEST_PACKAGE = 30;

  private static JavaClasses project = new ClassFileImporter().importClasses();

  /** The bench is not on the class path, because its jar contains its libraries. */
  private static final Path BENCH = Path.of("..", "bench", "target", "classes");

  @BeforeAll
  static void load() {
    Set<Location> locations = new HashSet<>(Locations.ofPackage("dev.waymark"));
    if (Files.isDirectory(BENCH)) {
      locations.add(Location.of(BENCH));
    }
    project =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importLocations(locations);
  }

  @Test
  @DisplayName("a module depends only on the modules below it")
  void floors() {
    Map<String, Set<String>> below = new LinkedHashMap<>();
    below.put("core", Set.of());
    below.put("jdbc", Set.of("core"));
    below.put("sqlite", Set.of("core", "jdbc"));
    below.put("postgres", Set.of("core", "jdbc"));
    below.put("testkit", Set.of("core"));
    below.put("testserver", Set.of());
    below.put("worker", Set.of("core"));
    below.put("runner", Set.of("core", "worker"));
    below.put("metrics", Set.of("core", "runner"));
    below.put("jackson", Set.of("core"));
    below.put("opentelemetry", Set.of("core", "runner"));
    below.put(
        "spring", Set.of("core", "jdbc", "sqlite", "postgres", "runner", "metrics", "jackson"));
    below.put("cli", Set.of("core", "runner"));
    below.put(
        "examples", Set.of("core", "jdbc", "sqlite", "postgres", "worker", "runner", "jackson"));
    below.put("bench", Set.of("core", "jdbc", "sqlite", "postgres", "testserver", "runner"));
    Set<String> expected = new HashSet<>(below.keySet());
    if (!Files.isDirectory(BENCH)) {
      expected.remove("bench"); // A build of the trials alone makes no bench.
    }
    assertThat(project.stream().map(ArchitectureTest::module).collect(Collectors.toSet()))
        .isEqualTo(expected);
    for (JavaClass type : project) {
      Set<String> allowed = below.get(module(type));
      assertThat(type.getDirectDependenciesFromSelf())
          .extracting(dependency -> module(dependency.getTargetClass().getBaseComponentType()))
          .as(type.getName())
          .allMatch(
              module ->
                  module.isEmpty() || module.equals(module(type)) || allowed.contains(module));
    }
  }

  /** The module of a class of this project; empty for a class of a library. */
  private static String module(JavaClass type) {
    Matcher found = MODULE.matcher(type.getPackageName());
    return found.matches() ? found.group(1) : "";
  }

  @Test
  @DisplayName("core knows no database")
  void coreKnowsNoDatabase() {
    noClasses()
        .that(resideInAPackage("dev.waymark.core.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql.."))
        .check(project);
  }

  @Test
  @DisplayName("command line and runner do not depend on internals of the stores")
  void internalsStayInside() {
    noClasses()
        .that(resideInAnyPackage("dev.waymark.runner..", "dev.waymark.cli.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.waymark.jdbc.internal..",
                "dev.waymark.sqlite.internal..",
                "dev.waymark.postgres.internal..",
                "dev.waymark.core.internal.decide..",
                "dev.waymark.core.internal.submit.."))
        .check(project);
    noClasses()
        .that(resideInAPackage("dev.waymark.cli.."))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.waymark.runner..internal.."))
        .check(project);
  }

  @Test
  @DisplayName("packages do not depend on each other in circles, in any module")
  void noCircles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(project);
  }

  @Test
  @DisplayName("a package has at most thirty files")
  void sizes() {
    Map<String, Long> sizes =
        project.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    assertThat(sizes).isNotEmpty();
    assertThat(sizes.entrySet()).allMatch(entry -> entry.getValue() <= LARGEST_PACKAGE);
  }

  @Test
  @DisplayName("no public method, field or record of a public package has an internal type")
  void nothingInternalIsExposed() {
    for (JavaClass type : project) {
      if (isPublicApi(type)) {
        assertThat(exposed(type)).as(type.getName()).isEmpty();
      }
    }
  }

  private static boolean isPublicApi(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && !type.getPackageName().matches(".*\\.internal(\\..*)?")
        && !type.getPackageName().startsWith("dev.waymark.bench");
  }

  private static List<String> exposed(JavaClass type) {
    return Stream.concat(
            type.getCodeUnits().stream()
                .filter(unit -> isVisible(unit.getModifiers()))
                .flatMap(
                    unit ->
                        Stream.concat(
                            unit.getRawParameterTypes().stream(),
                            Stream.of(unit.getRawReturnType()))),
            type.getFields().stream()
                .filter(field -> isVisible(field.getModifiers()))
                .map(JavaField::getRawType))
        .map(JavaClass::getName)
        .filter(name -> name.matches("dev\\.waymark\\..*\\.internal\\..*"))
        .distinct()
        .toList();
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  @Test
  @DisplayName(
      "1: no code of the stores opens a database file itself, which would drop SQLite's locks")
  void nothingOpensTheDatabaseFile() {
    classes()
        .that(
            resideInAnyPackage("dev.waymark.core..", "dev.waymark.jdbc..", "dev.waymark.sqlite.."))
        .should(opensNoFile())
        .check(project);
    noClasses()
        .that(
            resideInAnyPackage("dev.waymark.core..", "dev.waymark.jdbc..", "dev.waymark.sqlite..")
                .and(not(simpleName(NEW_FILE))))
        .should()
        .dependOnClassesThat(opensFiles())
        .check(project);
  }

  private static ArchCondition<JavaClass> opensNoFile() {
    return new ArchCondition<>("ask Files no more than " + QUESTIONS) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getMethodCallsFromSelf().stream()
            .filter(call -> call.getTargetOwner().isEquivalentTo(Files.class))
            .filter(call -> !QUESTIONS.contains(call.getName()))
            .filter(call -> !EXCEPTIONS.contains(type.getSimpleName() + "." + call.getName()))
            .forEach(
                call -> events.add(SimpleConditionEvent.violated(type, call.getDescription())));
      }
    };
  }

  private static DescribedPredicate<JavaClass> opensFiles() {
    return DescribedPredicate.describe(
        "open files",
        type ->
            type.getPackageName().equals("java.nio.channels")
                || type.getName().equals("java.io.RandomAccessFile")
                || type.getName()
                    .matches(
                        "java\\.io\\.File(Input|Output)Stream|java\\.io\\.File(Reader|Writer)"));
  }

  @Test
  @DisplayName("every package is null-marked")
  void nullMarked() {
    classes()
        .that()
        .areTopLevelClasses()
        .and()
        .doNotHaveSimpleName("package-info")
        .should()
        .resideInAPackage("dev.waymark..")
        .andShould(
            new ArchCondition<JavaClass>("live in a package that is @NullMarked") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean marked =
                    type.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked");
                events.add(
                    new SimpleConditionEvent(
                        type,
                        marked,
                        type.getPackageName() + (marked ? " is" : " is not") + " @NullMarked"));
              }
            })
        .check(project);
  }
}
