#include "step_facts.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace krgboot {

namespace {

bool has_content(const Root& root, const std::string& path) {
  auto status = root.status(path);
  return status && status->kind == FileKind::file && status->size > 0;
}

/// The key without its comment.
std::string public_key(const Root& root, const std::string& path) {
  try {
    auto text = root.read_file(path, 65536).value_or("");
    auto blank = text.find(' ');
    return text.substr(0, blank == std::string::npos ? blank : text.find_first_of(" \n", blank + 1));
  } catch (const IoError&) {
    return {};  // not a regular file, so no key
  }
}

bool has_start_link(const Root& image, const std::string& directory, const std::string& service) {
  for (const auto& name : image.list_directory(directory).value_or(std::vector<std::string>{})) {
    if (name.size() == service.size() + 3 && name.front() == 'S' && name.substr(3) == service) return true;
  }
  return false;
}

bool is_wanted(const Root& image, const std::string& service) {
  const std::string units = "/etc/systemd/system";
  for (const auto& name : image.list_directory(units).value_or(std::vector<std::string>{})) {
    if (name.size() > 6 && name.substr(name.size() - 6) == ".wants" &&
        image.status(fmt::format("{}/{}/{}.service", units, name, service)))
      return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> missing_packages(const DpkgStatus& dpkg, const InstalledPackages& state) {
  std::vector<std::string> missing;
  std::copy_if(state.packages.begin(), state.packages.end(), std::back_inserter(missing),
               [&](const auto& package) { return !dpkg.has(package); });
  return missing;
}

std::string kerrighed_version(const std::string& inputs) {
  return "0+" + inputs.substr(0, 24);
}

std::string ssh_host_key(const std::string& type) {
  return fmt::format("/etc/ssh/ssh_host_{}_key", type);
}

std::vector<std::string> ssh_host_key_files(const Root& image) {
  std::vector<std::string> found;
  for (const auto& name : image.list_directory("/etc/ssh").value_or(std::vector<std::string>{})) {
    if (name.starts_with("ssh_host_") && (name.ends_with("_key") || name.ends_with("_key.pub")))
      found.push_back("/etc/ssh/" + name);
  }
  return found;
}

WantingKeys wanting_host_keys(const Root& image, const SshHostKeys& state, const Root& host) {
  WantingKeys wanting;
  for (const auto& type : state.types) {
    auto path = ssh_host_key(type);
    if (!has_content(image, path) || !has_content(image, path + ".pub")) {
      wanting.types.push_back(type);
      continue;
    }
    auto key = public_key(image, path + ".pub");
    if (!key.empty() && key == public_key(host, path + ".pub")) {
      wanting.types.push_back(type);
      wanting.is_the_hosts = true;
    }
  }
  return wanting;
}

bool is_enabled(const Root& image, const std::string& service) {
  for (char level : std::string_view("S2345")) {
    if (has_start_link(image, fmt::format("/etc/rc{}.d", level), service)) return true;
  }
  return is_wanted(image, service);
}

std::optional<Kernel> newest_kernel(const Root& image, const DpkgStatus& dpkg) {
  auto kernels = list_kernels(image);
  if (kernels.empty()) return std::nullopt;
  auto packaged = std::find_if(kernels.rbegin(), kernels.rend(), [&](const Kernel& kernel) {
    return dpkg.has("linux-image-" + kernel.version) ||
           dpkg.has("linux-image-" + kernel.version + "-unsigned");
  });
  return packaged == kernels.rend() ? kernels.back() : *packaged;
}

std::string record_name(const GeneratedLocale&) {
  return "locales";
}

std::string record_name(const BuiltInitramfs& state, const std::string& version) {
  return fmt::format("{} of {}", state.initrd, version);
}

}  // namespace krgboot
