#include "krgboot/config/load.hpp"
#include "krgboot/model/image_step.hpp"

#include "catch.hpp"
#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

std::vector<std::string> steps_of(const ClusterText& text) {
  auto cluster = load_cluster(text.marked());
  std::vector<std::string> steps;
  for (const auto& step : image_steps(cluster, cluster.images().front())) {
    CHECK(step.image == "/srv/nfs/debian");
    steps.push_back(fmt::format("{} ({})", to_string(step.state), step.origin));
  }
  return steps;
}

}  // namespace

TEST_CASE("an image's steps come in the order in which one needs what another brings") {
  CHECK(steps_of(ClusterText()
                     .with("images",
                           "images: {debian: {path: /srv/nfs/debian, release: bookworm, packages: [less], "
                           "locale: de_DE.UTF-8}}")
                     .with("boot",
                           "boot:\n"
                           "  debian: {image: debian, kernel: vmlinuz, initrd: initrd.img}\n"
                           "  again: {image: debian, kernel: vmlinuz, initrd: initrd.img, append: [quiet]}\n"
                           "  krg: {image: debian, kernel: vmlinuz-2.6.30-krg3.0.0, kerrighed: "
                           "{session_id: 1, install: /usr/src/kerrighed}}")) ==
        Texts{"packages initramfs-tools, less, locales, netbase, nfs-common, openssh-server, systemd-sysv "
              "(images.debian.packages)",
              "kerrighed from /usr/src/kerrighed (boot.krg.kerrighed.install)",
              "kernel names initrd.img, vmlinuz (boot.debian)", "locale de_DE.UTF-8 (images.debian.locale)",
              "ssh host keys ecdsa, ed25519, rsa (images.debian)",
              "service kerrighed-host (boot.krg.kerrighed)",
              "network keeps the card that carries the root (images.debian)",
              "initramfs initrd.img of vmlinuz (boot.debian)"});
}

TEST_CASE("an image has only the steps that its spec asks for") {
  CHECK(steps_of(
            ClusterText().with("boot", "boot: {debian: {image: debian, kernel: vmlinuz-6.1.0-18-amd64}}")) ==
        Texts{"packages initramfs-tools, netbase, nfs-common, openssh-server, systemd-sysv "
              "(images.debian.packages)",
              "ssh host keys ecdsa, ed25519, rsa (images.debian)",
              "network keeps the card that carries the root (images.debian)"});
  CHECK(steps_of(ClusterText()
                     .with("images",
                           "images: {debian: {path: /srv/nfs/debian, release: lenny, "
                           "mirror: 'http://mirror.example.org/debian', trust: anything}}")
                     .with("boot",
                           "boot: {debian: {image: debian, kernel: vmlinuz-2.6.26-2-686, initrd: "
                           "initrd.img-2.6.26-2-686}}")) ==
        Texts{"packages dhcp3-common, initramfs-tools, netbase, nfs-common, nfsbooted, openssh-server "
              "(images.debian.packages)",
              "ssh host keys dsa, rsa (images.debian)",
              "initramfs initrd.img-2.6.26-2-686 of vmlinuz-2.6.26-2-686 (boot.debian)"});
}

TEST_CASE("dracut takes the place of initramfs-tools") {
  CHECK(steps_of(ClusterText()
                     .with("images",
                           "images: {debian: {path: /srv/nfs/debian, release: trixie, packages: [dracut]}}")
                     .with("boot",
                           "boot: {debian: {image: debian, kernel: vmlinuz, initrd: initrd.img, initramfs: "
                           "dracut}}")) ==
        Texts{"packages dracut, dracut-network, iputils-arping, isc-dhcp-client, netbase, nfs-common, "
              "openssh-server, procps, systemd-sysv "
              "(images.debian.packages)",
              "kernel names initrd.img, vmlinuz (boot.debian)",
              "ssh host keys ecdsa, ed25519, rsa (images.debian)",
              "network keeps the card that carries the root (images.debian)",
              "initramfs initrd.img of vmlinuz (boot.debian)"});
}

TEST_CASE("sysvinit-core takes the place of systemd-sysv, and has the node's name enabled") {
  auto image = [](const std::string& release, const std::string& packages) {
    return ClusterText()
        .with("images", fmt::format("images: {{debian: {{path: /srv/nfs/debian, release: {}, packages: [{}], "
                                    "mirror: 'http://mirror.example.org/debian', trust: anything}}}}",
                                    release, packages))
        .with("boot", "boot: {debian: {image: debian, kernel: vmlinuz-6.1.0-18-amd64}}");
  };
  CHECK(steps_of(image("bookworm", "sysvinit-core")) ==
        Texts{"packages initramfs-tools, netbase, nfs-common, openssh-server, sysvinit-core "
              "(images.debian.packages)",
              "ssh host keys ecdsa, ed25519, rsa (images.debian)", "service krgboot-hostname (images.debian)",
              "network keeps the card that carries the root (images.debian)"});
  auto init = [](const ClusterText& text) { return init_of(load_cluster(text.marked()).images().front()); };
  CHECK(init(image("bookworm", "sysvinit-core")) == InitSystem::sysvinit);
  CHECK(init(image("trixie", "less, sysvinit-core")) == InitSystem::sysvinit);
  CHECK(init(image("bookworm", "sysvinit-utils")) == InitSystem::systemd);
  CHECK(init(image("lenny", "")) == InitSystem::sysvinit);
}

TEST_CASE("libc brings the locales C and POSIX, all others are generated from a charset") {
  for (const auto* name : {"C", "POSIX", "C.UTF-8"}) {
    CHECK_FALSE(is_generated_locale(name));
    CHECK(charset_of_locale(name).empty());
  }
  CHECK(charset_of_locale("de_DE.UTF-8") == "UTF-8");
  CHECK(charset_of_locale("sr_RS.UTF-8@latin") == "UTF-8");
  CHECK(charset_of_locale("de_DE.ISO-8859-15@euro") == "ISO-8859-15");
  CHECK(charset_of_locale("de_DE@euro").empty());
  CHECK(is_generated_locale("CS_cs.UTF-8"));
}
