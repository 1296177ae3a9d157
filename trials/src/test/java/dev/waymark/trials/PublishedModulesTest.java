package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

@DisplayName("The modules that are published")
class PublishedModulesTest {
  private static final Path ROOT = Path.of("..");

  private static Element parent;
  private static Element bom;

  /** The poms of all modules except the BOM, by folder; also of those in a profile. */
  private static final Map<String, Element> MODULES = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException, ParserConfigurationException, SAXException {
    parent = pom("");
    bom = pom("bom");
    for (String path : List.of("modules", "profiles/profile/modules")) {
      for (Element modules : all(parent, path.split("/"))) {
        for (String folder : texts(modules, "module")) {
          if (!folder.equals("bom")) {
            MODULES.put(folder, pom(folder));
          }
        }
      }
    }
  }

  @Test
  @DisplayName("are exactly those in the BOM")
  void inTheBom() {
    assertThat(texts(bom, "dependencyManagement", "dependencies", "dependency", "artifactId"))
        .containsExactlyInAnyOrderElementsOf(artifacts(true));
    assertThat(texts(bom, "dependencyManagement", "dependencies", "dependency", "version"))
        .containsOnly("${project.version}");
  }

  @Test
  @DisplayName("are exactly those in the SBOM of the whole")
  void inTheSbom() {
    NodeList excluded = parent.getElementsByTagName("excludeArtifactId");
    assertThat(excluded.getLength()).isEqualTo(1);
    TreeSet<String> expected = new TreeSet<>(artifacts(false));
    expected.add("waymark-bom");
    assertThat(excluded.item(0).getTextContent().split(","))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  @DisplayName("need no module that is not published")
  void needOnlyPublishedModules() {
    for (Element module : published()) {
      assertThat(needed(module)).as(artifact(module)).doesNotContainAnyElementsOf(artifacts(false));
    }
  }

  /** The modules and libraries that a module needs outside of its tests. */
  private static List<String> needed(Element module) {
    return Stream.concat(
            all(module, "dependencies", "dependency").stream(),
            all(module, "profiles", "profile", "dependencies", "dependency").stream())
        .filter(dependency -> !texts(dependency, "scope").contains("test"))
        .flatMap(dependency -> texts(dependency, "artifactId").stream())
        .toList();
  }

  @Test
  @DisplayName("and all others have a Java module name: that of their packages")
  void moduleNames() {
    MODULES.forEach(
        (folder, module) ->
            assertThat(texts(module, "properties", "waymark.module.name"))
                .as(folder)
                .containsExactly("dev.waymark." + folder.replace('-', '.').replace('/', '.')));
  }

  @Test
  @DisplayName("have the version, the license and the addresses that the BOM repeats")
  void bomRepeatsTheParent() {
    assertThat(all(bom, "parent")).isEmpty();
    for (String repeated : List.of("groupId", "version", "url", "licenses", "developers", "scm")) {
      assertThat(texts(bom, repeated)).as(repeated).isEqualTo(texts(parent, repeated));
    }
    assertThat(texts(bom, "build", "pluginManagement", "plugins", "plugin", "version"))
        .containsExactly(formatterVersion());
  }

  /** The version of the formatter's plugin in the profile `gates` of the parent. */
  private static String formatterVersion() {
    return all(parent, "profiles", "profile", "build", "plugins", "plugin").stream()
        .filter(plugin -> texts(plugin, "artifactId").contains("fmt-maven-plugin"))
        .map(plugin -> texts(plugin, "version").get(0))
        .findFirst()
        .orElseThrow();
  }

  private static List<Element> published() {
    return MODULES.values().stream().filter(PublishedModulesTest::isPublished).toList();
  }

  private static List<String> artifacts(boolean published) {
    return MODULES.values().stream()
        .filter(module -> isPublished(module) == published)
        .map(PublishedModulesTest::artifact)
        .toList();
  }

  private static boolean isPublished(Element module) {
    return !texts(module, "properties", "waymark.publish.skip").contains("true");
  }

  private static String artifact(Element module) {
    return texts(module, "artifactId").get(0);
  }

  private static Element pom(String folder)
      throws IOException, ParserConfigurationException, SAXException {
    Path file = ROOT.resolve(folder).resolve("pom.xml");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(file.toFile())
        .getDocumentElement();
  }

  /** The elements at the end of a path of names, one level of children for each name. */
  private static List<Element> all(Element from, String... path) {
    List<Element> found = List.of(from);
    for (String name : path) {
      found = found.stream().flatMap(element -> children(element, name)).toList();
    }
    return found;
  }

  private static Stream<Element> children(Element element, String name) {
    NodeList nodes = element.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(node -> node.getNodeName().equals(name))
        .map(Element.class::cast);
  }

  private static List<String> texts(Element from, String... path) {
    return all(from, path).stream().map(PublishedModulesTest::text).toList();
  }

  /** The text of an element without the white space that indents it. */
  private static String text(Element element) {
    return element.getTextContent().replaceAll("\\s+", " ").strip();
  }
}
