#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

ClusterText images(const std::string& text) {
  return ClusterText().with("images", "images: {" + text + "}");
}

ClusterText path(const std::string& text) {
  return images("debian: {path: " + text + ", release: bookworm}");
}

ClusterText two_paths(const std::string& one, const std::string& other) {
  return images("debian: {path: " + one + ", release: bookworm}, other: {path: " + other +
                ", release: lenny}");
}

}  // namespace

TEST_CASE("an image's name is a label, for it becomes part of file names") {
  auto named = [](const std::string& name) {
    return "debian: {path: /a, release: lenny}, " + name + ": {path: /b, release: lenny}";
  };
  for (const auto& name : Texts{"debian-12.1_b", "A", "9"}) accepted(images(named("'" + name + "'")));
  for (const auto& name : Texts{"a/b", "../x", "a b", "-a", ".", "ü"}) {
    CAPTURE(name);
    refused(images(named("^'" + name + "'")), "image.name_syntax", "images." + in_quotes(name));
  }
}

TEST_CASE("an image's path is one that every file can carry") {
  for (const auto& text : Texts{"/NFSROOT/kerrighed", "/srv", "/srv/a-b_c.d+e@f=g~h", "/var/nfs",
                                "/home/images/x", "/etcetera"}) {
    CAPTURE(text);
    accepted(path("'" + text + "'")
                 .with("server", "server: {name: s, address: 10.0.0.2, release: lenny, tftp_root: /tftp}"));
  }
  struct Row {
    std::string path;
    std::string code;
  };
  for (const auto& [text, code] : std::vector<Row>{{"a/b", "path.relative"},
                                                   {"/srv/x/", "path.not_normal"},
                                                   {"/srv/../x", "path.not_normal"},
                                                   {"/srv/x,y", "path.characters"},
                                                   {"/srv/x y", "path.characters"},
                                                   {"/srv/x:y", "path.characters"},
                                                   {"/srv/%s", "path.characters"},
                                                   {"/srv/x*", "path.characters"},
                                                   {"/srv/x(y", "path.characters"},
                                                   {"/srv/x\\ty", "path.control"},
                                                   {"/", "path.system_directory"},
                                                   {"/usr", "path.system_directory"},
                                                   {"/etc/image", "path.system_directory"},
                                                   {"/boot/image", "path.system_directory"},
                                                   {"/run/image", "path.system_directory"},
                                                   {"/root", "path.system_directory"},
                                                   {"/var/lib", "path.system_directory"},
                                                   {"/var/lib/nfs/x", "path.system_directory"}}) {
    CAPTURE(text);
    refused(path("^\"" + text + "\""), code, "images.debian.path");
  }
  // The kernel's limit is lower: nfsroot= has 255 characters for address, path and options.
  accepted(path("/" + std::string(238, 'a'))
               .with("boot", "boot: {debian: {image: debian, kernel: vmlinuz, initrd: initrd.img}}"));
  refused(path("^/" + std::string(239, 'a')), "path.too_long", "images.debian.path");
}

TEST_CASE("no image lies in another one") {
  accepted(two_paths("/srv/a", "/srv/b"));
  accepted(two_paths("/srv/a", "/srv/a-b"));  // '-' sorts before '/'
  accepted(two_paths("/srv/a/b", "/srv/ab"));
  auto finding = refused(two_paths("/srv/a", "^/srv/a"), "image.duplicate_path", "images.other.path");
  CHECK(contains(finding.message, "/srv/a of image other is also that of image debian (cluster.yaml:5:25)"));
  finding = refused(two_paths("/srv/a", "^/srv/a/b"), "image.path_nested", "images.other.path");
  CHECK(contains(finding.message, "is inside /srv/a of image debian"));
  refused(two_paths("^/srv/a/b/c", "/srv/a"), "image.path_nested", "images.debian.path");
}

TEST_CASE("a path between two nested ones does not hide that they are") {
  auto text = images(
      "debian: {path: /srv/a, release: lenny}, b: {path: /srv/a-b, release: lenny}, c: {path: ^/srv/a/c, "
      "release: lenny}, "
      "d: {path: /srv/a.d, release: lenny}");
  refused(text, "image.path_nested", "images.c.path");
}

TEST_CASE("images and the TFTP root are kept apart") {
  accepted(path("/srv/tftpd"));
  auto finding = refused(path("^/srv/tftp"), "image.path_and_tftp_root", "images.debian.path");
  refused(path("^/srv/tftp/debian"), "image.path_and_tftp_root", "images.debian.path");
  finding = refused(path("^/srv"), "image.path_and_tftp_root", "images.debian.path");
  CHECK(contains(finding.message, "the TFTP root /srv/tftp lies inside image debian"));
}

TEST_CASE("writable directories are data, each named once") {
  accepted(image_fields("writable: [/var, /tmp, /root, /home, /etcetera, /usr/local, /srv/a, /srv/a-b]"));
  struct Row {
    std::string list;
    std::string code;
    std::size_t index;
  };
  for (const auto& [list, code, index] : std::vector<Row>{{"/var, ^/var", "image.duplicate_writable", 1},
                                                          {"/var, ^/var/log", "image.writable_nested", 1},
                                                          {"^/var/log, /var", "image.writable_nested", 0},
                                                          {"^/", "image.writable_system", 0},
                                                          {"/tmp, ^/etc", "image.writable_system", 1},
                                                          {"^/usr", "image.writable_system", 0},
                                                          {"^/boot", "image.writable_system", 0},
                                                          {"^/bin", "image.writable_system", 0},
                                                          {"^/run/lock", "image.writable_system", 0},
                                                          {"^/proc", "image.writable_system", 0},
                                                          {"^/dev/shm", "image.writable_system", 0},
                                                          {"^tmp", "path.relative", 0},
                                                          {"^/tmp/", "path.not_normal", 0},
                                                          {"^'/my data'", "path.characters", 0}}) {
    CAPTURE(list);
    refused(image_fields("writable: [" + list + "]"), code, fmt::format("images.debian.writable[{}]", index));
  }
}

TEST_CASE("writable directories mean nothing where all is writable") {
  accepted(image_fields("root: rw").alone());
  accepted(image_fields("root: rw, writable: []").alone());
  warned(image_fields("root: rw, writable: ^[/var]").alone(), "image.writable_without_ro",
         "images.debian.writable");
}

TEST_CASE("a root that is written to is one machine's") {
  const std::string no_pool = "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]";
  auto finding =
      warned(image_fields("root: ^rw").with("networks", no_pool), "image.shared_rw", "images.debian.root");
  CHECK(contains(finding.message, "3 machines may boot image"));
  // Machines of a pool count too.
  finding = warned(image_fields("root: ^rw"), "image.shared_rw", "images.debian.root");
  CHECK(contains(finding.message, "24 machines may boot image"));
  accepted(image_fields("root: ro"));
}

TEST_CASE("a mirror is a URL that one word of sources.list can hold") {
  for (const auto& url : Texts{"http://mirror.example.org/debian", "https://mirror.example.org:8080/debian/",
                               "file:///srv/mirror", "http://10.0.0.2/a~b%20c"}) {
    accepted(image_fields("mirror: '" + url + "'"));
  }
  for (const auto& url :
       Texts{"mirror.example.org/debian", "ftp://mirror.example.org/debian", "http://", "http:///debian",
             "file://host/mirror", "file:///", "http://mirror.example.org/de bian", "http://a/[trusted=yes]",
             "http://a/#", "http://a/'", "http://ä/", "http:/a"}) {
    CAPTURE(url);
    refused(image_fields("mirror: ^\"" + url + "\""), "image.mirror_syntax", "images.debian.mirror");
  }
  auto finding = refused(image_fields("mirror: ^'https://me:s3cret@mirror.example.org/debian'"),
                         "image.mirror_credentials", "images.debian.mirror");
  CHECK_FALSE(contains(finding.to_string(), "s3cret"));
  refused(image_fields("mirror: ^'https://me@mirror.example.org/debian'"), "image.mirror_credentials",
          "images.debian.mirror");
}

TEST_CASE("components and packages are names of the archive") {
  accepted(image_fields("components: [main, non-free-firmware, updates/main]"));
  for (const auto& name : Texts{"Main", "-main", "'main contrib'", "main/", "ma_in"}) {
    refused(image_fields("components: [main, ^" + name + "]"), "image.component_syntax",
            "images.debian.components[1]");
  }
  accepted(image_fields("packages: [g++, nfs-common, libc6.1, 0ad, '7z']"));
  for (const auto& name : Texts{"a", "G++", "+a", "nfs_common", "'a b'", "a/stable", "a=1", "'a;b'"}) {
    refused(image_fields("packages: [nfs-common, ^" + name + "]"), "image.package_syntax",
            "images.debian.packages[1]");
  }
}

TEST_CASE("a locale is written as locale(7) has it") {
  for (const auto& name : Texts{"C", "POSIX", "C.UTF-8", "de_DE.UTF-8", "de_DE.ISO-8859-15@euro",
                                "sr_RS.UTF-8@latin", "eo.UTF-8"}) {
    accepted(image_fields("locale: " + name));
  }
  for (const auto& name :
       Texts{"de_de", "DE", "de-DE", "de_DE.", "de_DE@", "d", "'de DE'", "german", "de_DE.UTF 8", "'C\"'"}) {
    CAPTURE(name);
    refused(image_fields("locale: ^" + name), "image.locale_syntax", "images.debian.locale");
  }
  // locale.gen(5) requires the charset beside the name, and the usual charset differs between languages.
  for (const auto& name : Texts{"de_DE", "de_DE@euro", "ast_ES", "eo"}) {
    refused(image_fields("locale: ^" + name), "image.locale_charset", "images.debian.locale");
  }
}

TEST_CASE("a reference to no image names the image that was meant") {
  auto boot = [](const std::string& image) {
    return ClusterText().with("boot", "boot: {debian: {image: " + image + ", kernel: vmlinuz}}");
  };
  accepted(boot("debian"));
  auto finding = refused(boot("^debain"), "boot.unknown_image", "boot.debian.image");
  CHECK(finding.hint == "did you mean debian?");
  finding = refused(boot("^kerrighed"), "boot.unknown_image", "boot.debian.image");
  CHECK(finding.hint == "there are: debian");
}
