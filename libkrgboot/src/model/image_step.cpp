#include "krgboot/model/image_step.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/overloaded.hpp"

namespace krgboot {

namespace {

std::vector<std::string> sorted(const std::set<std::string>& values) {
  return {values.begin(), values.end()};
}

class Steps {
 public:
  Steps(const Cluster& cluster, const Image& image)
      : image_(image), release_(release(image.release)), key_("images." + image.name) {
    for (const auto& entry : cluster.boot()) {
      if (cluster.image_of(entry).name == image.name) entries_.push_back(&entry);
    }
  }

  std::vector<ImageStep> result() {
    auto packages = packages_of(image_);
    auto has_sshd = std::find(packages.begin(), packages.end(), "openssh-server") != packages.end();
    add(key_ + ".packages", InstalledPackages{std::move(packages)});
    kerrighed();
    kernel_names();
    if (is_generated_locale(image_.locale)) add(key_ + ".locale", GeneratedLocale{image_.locale});
    if (has_sshd && image_.ssh_host_keys == SshHostKeyPlace::image) {
      add(key_, SshHostKeys{release_.ssh_host_key_types});
    } else if (has_sshd) {
      add(key_ + ".ssh_host_keys", SshHostKeys{});
    }
    services();
    // The init scripts of older releases detect by themselves that the root needs the network card.
    if (release_.init == InitSystem::systemd) add(key_, KeptNetwork{init_of(image_)});
    initramfs();
    return std::move(steps_);
  }

 private:
  void add(std::string origin, ImageState state) {
    steps_.push_back({image_.path, std::move(origin), std::move(state)});
  }

  /// The first Kerrighed entry of the image. Validation makes sure that several entries of one image agree.
  const BootEntry* kerrighed_entry() const {
    auto found = std::find_if(entries_.begin(), entries_.end(),
                              [](const auto* entry) { return entry->kerrighed.has_value(); });
    return found == entries_.end() ? nullptr : *found;
  }

  void kerrighed() {
    const auto* entry = kerrighed_entry();
    if (entry == nullptr || !entry->kerrighed->tools.install) return;
    add(fmt::format("boot.{}.kerrighed.install", entry->name),
        InstalledKerrighed{*entry->kerrighed->tools.install});
  }

  void kernel_names() {
    std::set<std::string> names;
    std::string origin;
    auto take = [&](const BootEntry& entry, const std::string& file) {
      if (!is_kernel_name(file)) return;
      names.insert(file);
      if (origin.empty()) origin = "boot." + entry.name;
    };
    for (const auto* entry : entries_) {
      take(*entry, entry->kernel);
      if (entry->initrd) take(*entry, *entry->initrd);
    }
    if (!names.empty()) add(std::move(origin), NamedKernels{sorted(names)});
  }

  void services() {
    // Releases that order their init scripts with insserv start only scripts that insserv has recorded: a
    // symlink alone has no effect.
    if (init_of(image_) == InitSystem::sysvinit && release_.orders_scripts)
      add(key_, EnabledService{"krgboot-hostname"});
    if (const auto* entry = kerrighed_entry())
      add(fmt::format("boot.{}.kerrighed", entry->name), EnabledService{"kerrighed-host"});
  }

  void initramfs() {
    std::vector<BuiltInitramfs> known;
    for (const auto* entry : entries_) {
      if (!entry->initrd || entry->initramfs == Initramfs::none) continue;
      BuiltInitramfs built{entry->initramfs, entry->kernel, *entry->initrd};
      if (std::find(known.begin(), known.end(), built) != known.end()) continue;
      known.push_back(built);
      add("boot." + entry->name, std::move(built));
    }
  }

  const Image& image_;
  const Release& release_;
  std::string key_;
  std::vector<const BootEntry*> entries_;
  std::vector<ImageStep> steps_;
};

}  // namespace

std::string_view name_of(const ImageState& state) noexcept {
  return std::visit(Overloaded{
                        [](const InstalledPackages&) { return std::string_view("packages"); },
                        [](const InstalledKerrighed&) { return std::string_view("kerrighed"); },
                        [](const NamedKernels&) { return std::string_view("kernel names"); },
                        [](const GeneratedLocale&) { return std::string_view("locale"); },
                        [](const SshHostKeys&) { return std::string_view("ssh host keys"); },
                        [](const EnabledService&) { return std::string_view("service"); },
                        [](const KeptNetwork&) { return std::string_view("network"); },
                        [](const BuiltInitramfs&) { return std::string_view("initramfs"); },
                    },
                    state);
}

std::string to_string(const ImageState& state) {
  auto what = std::visit(
      Overloaded{
          [](const InstalledPackages& s) { return fmt::format("{}", fmt::join(s.packages, ", ")); },
          [](const InstalledKerrighed& s) { return "from " + s.source; },
          [](const NamedKernels& s) { return fmt::format("{}", fmt::join(s.names, ", ")); },
          [](const GeneratedLocale& s) { return s.locale; },
          [](const SshHostKeys& s) {
            return s.types.empty() ? std::string("none") : fmt::format("{}", fmt::join(s.types, ", "));
          },
          [](const EnabledService& s) { return s.service; },
          [](const KeptNetwork&) { return std::string("keeps the card that carries the root"); },
          [](const BuiltInitramfs& s) { return fmt::format("{} of {}", s.initrd, s.kernel); },
      },
      state);
  return fmt::format("{} {}", name_of(state), what);
}

InitSystem init_of(const Image& image) {
  auto named = std::find(image.packages.begin(), image.packages.end(), "sysvinit-core");
  return named == image.packages.end() ? release(image.release).init : InitSystem::sysvinit;
}

std::vector<std::string> packages_of(const Image& image) {
  const auto& needed = release(image.release).image_packages;
  std::set<std::string> packages(needed.begin(), needed.end());
  packages.insert(image.packages.begin(), image.packages.end());
  if (is_generated_locale(image.locale)) packages.insert("locales");
  if (packages.count("dracut") != 0) {
    packages.erase("initramfs-tools");  // the two packages conflict
    // The NFS module, and the packages that it needs to get an address: dracut-network depended on them in
    // Debian 12 and only recommends them since.
    packages.insert({"dracut-network", "iputils-arping", "isc-dhcp-client", "procps"});
  }
  if (packages.count("sysvinit-core") != 0) packages.erase("systemd-sysv");  // the two packages conflict
  return sorted(packages);
}

std::string_view charset_of_locale(std::string_view locale) noexcept {
  if (!is_generated_locale(locale)) return {};
  auto dot = locale.find('.');
  if (dot == std::string_view::npos) return {};
  auto charset = locale.substr(dot + 1);
  return charset.substr(0, charset.find('@'));
}

bool is_generated_locale(std::string_view locale) noexcept {
  return locale != "C" && locale != "POSIX" && locale.substr(0, 2) != "C.";
}

bool is_kernel_name(std::string_view file) noexcept {
  return file == "vmlinuz" || file == "vmlinux" || file == "initrd.img";
}

std::vector<ImageStep> image_steps(const Cluster& cluster, const Image& image) {
  return Steps(cluster, image).result();
}

}  // namespace krgboot
