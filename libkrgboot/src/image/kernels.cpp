#include "krgboot/image/kernels.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/json_text.hpp"
#include "base/path_text.hpp"
#include "system/reading.hpp"

namespace krgboot {

namespace {

constexpr std::array<std::string_view, 2> kernel_prefixes = {"vmlinuz-", "vmlinux-"};

/// The naming schemes of Debian, dracut and SUSE.
std::vector<std::string> initrd_names(const std::string& version) {
  return {"initrd.img-" + version, "initramfs-" + version + ".img", "initrd-" + version};
}

/// The version, which becomes part of a path, if it has only the characters that kernel versions use.
std::optional<std::string> checked_version(std::string_view text) {
  auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || std::strchr("._+~-", c) != nullptr; };
  if (text.empty() || text == "." || text == ".." || text.find('\0') != std::string_view::npos ||
      !std::all_of(text.begin(), text.end(), allowed)) {
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::string> version_in_name(std::string_view file) {
  auto name = file_name_of(file);
  for (auto prefix : kernel_prefixes) {
    if (name.substr(0, prefix.size()) == prefix) return checked_version(name.substr(prefix.size()));
  }
  return std::nullopt;
}

/// The version is the first word of the text at kernel_version + 0x200 of a bzImage.
std::optional<std::string> version_in_header(const Root& image, const std::string& path) {
  constexpr std::size_t setup_size = 65536;  // covers all setup code: the pointer has 16 bits
  auto file = open_regular(image, path, LastLink::follow);
  if (!file) return std::nullopt;
  std::string head(setup_size, '\0');
  auto got = ::pread(file->descriptor.get(), head.data(), head.size(), 0);
  if (got < 0x210) return std::nullopt;
  head.resize(static_cast<std::size_t>(got));
  if (head.compare(0x202, 4, "HdrS") != 0) return std::nullopt;
  auto octet = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(head[at])); };
  auto begin = (octet(0x20E) | octet(0x20F) << 8U) + 0x200;
  if (begin == 0x200 || begin >= head.size()) return std::nullopt;
  auto end = head.find_first_of(std::string_view(" \0", 2), begin);
  if (end == std::string::npos) return std::nullopt;
  return checked_version(std::string_view(head).substr(begin, end - begin));
}

/// Compares as dpkg and ls -v do: runs of digits count as numbers.
bool older(const std::string& a, const std::string& b) {
  return ::strverscmp(a.c_str(), b.c_str()) < 0;
}

bool is_file(const Root& image, const std::string& path) {
  auto status = image.status_through_links(path);
  return status && status->kind == FileKind::file;
}

Kernel described(const Root& image, std::string file, std::string version) {
  Kernel kernel;
  kernel.file = std::move(file);
  if (version.empty()) return kernel;
  for (const auto& name : initrd_names(version)) {
    if (!kernel.initrd && is_file(image, "/boot/" + name)) kernel.initrd = name;
  }
  if (auto config = "/boot/config-" + version; is_file(image, config)) kernel.config = std::move(config);
  kernel.modules = is_file(image, fmt::format("/lib/modules/{}/modules.dep", version));
  kernel.version = std::move(version);
  return kernel;
}

nlohmann::ordered_json json_of(const Kernel& kernel) {
  nlohmann::ordered_json json = {{"version", kernel.version}, {"file", kernel.file}};
  json["initrd"] = kernel.initrd ? nlohmann::ordered_json(*kernel.initrd) : nullptr;
  json["config"] = kernel.config ? nlohmann::ordered_json(*kernel.config) : nullptr;
  json["modules"] = kernel.modules;
  return json;
}

}  // namespace

std::vector<Kernel> list_kernels(const Root& image) {
  std::vector<Kernel> kernels;
  for (auto& name : image.list_directory("/boot").value_or(std::vector<std::string>{})) {
    auto version = version_in_name(name);
    auto status = version ? image.status("/boot/" + name) : std::nullopt;
    if (status && status->kind == FileKind::file)
      kernels.push_back(described(image, std::move(name), *std::move(version)));
  }
  std::stable_sort(kernels.begin(), kernels.end(),
                   [](const Kernel& a, const Kernel& b) { return older(a.version, b.version); });
  return kernels;
}

std::optional<Kernel> find_kernel(const Root& image, const std::string& file) {
  auto path = "/boot/" + file;
  if (!is_file(image, path)) return std::nullopt;
  auto version = version_in_header(image, path);
  if (!version) version = version_in_name(file);
  return described(image, file, version.value_or(""));
}

std::string to_string(Presence presence) {
  switch (presence) {
    case Presence::builtin:
      return "builtin";
    case Presence::initramfs:
      return "initramfs";
    case Presence::module:
      return "module";
    case Presence::absent:
      return "absent";
    case Presence::unknown:
      break;
  }
  return "unknown";
}

std::string to_json(const std::vector<Kernel>& kernels) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& kernel : kernels) json.push_back(json_of(kernel));
  return dumped(json);
}

std::string to_json(const KernelCheck& check) {
  auto json = json_of(check.kernel);
  const auto& support = check.support;
  json["support"] = {{"network_driver", to_string(support.network_driver)},
                     {"ip_autoconfiguration", to_string(support.ip_autoconfiguration)},
                     {"nfs", to_string(support.nfs)},
                     {"nfs_root", to_string(support.nfs_root)},
                     {"overlay", to_string(support.overlay)},
                     {"drivers", support.drivers}};
  json["findings"] = json_of(check.findings);
  return dumped(json);
}

}  // namespace krgboot
