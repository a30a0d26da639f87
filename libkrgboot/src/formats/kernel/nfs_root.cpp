#include "krgboot/formats/kernel/nfs_root.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot {

namespace {

// Size of nfs_root_parms in fs/nfs/nfsroot.c, without its NUL. (256 bytes in 2.6; larger since 3.x.)
constexpr std::size_t kernel_nfsroot_length = 255;

constexpr std::string_view dracut_prefix = "nfs:";
constexpr std::string_view dracut_v4_prefix = "nfs4:";

bool is_plain(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != '"'; });
}

// [SERVER:]PATH[separator OPTIONS]: the common part of all three forms.
std::string joined(const NfsRoot& root, char options_separator) {
  std::string text;
  if (root.server) text = root.server->to_string() + ':';
  text += root.path;
  if (!root.options.empty()) text += fmt::format("{}{}", options_separator, fmt::join(root.options, ","));
  return text;
}

std::vector<std::string> options_from(std::string_view text) {
  std::vector<std::string> options;
  for (auto option : split(text, ',')) {
    if (!option.empty()) options.emplace_back(option);
  }
  return options;
}

// Removes "SERVER:" from the front. A server is present only if a ':' precedes the path. False if it is not
// an IPv4 address.
bool take_server(std::string_view& text, NfsRoot& root, std::string& problem) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find('/') < colon) return true;
  root.server = Ipv4Address::parse(text.substr(0, colon));
  if (!root.server) {
    problem = fmt::format("{} is not the IPv4 address of a server", in_quotes(text.substr(0, colon)));
    return false;
  }
  text.remove_prefix(colon + 1);
  return true;
}

NfsRootReading finish(Initramfs consumer, NfsRoot root) {
  if (!root.path.empty() && root.path.front() != '/') {
    return {consumer, std::nullopt, fmt::format("the path {} is not absolute", in_quotes(root.path))};
  }
  return {consumer, std::move(root), ""};
}

// [SERVER:]PATH[,OPTIONS]
NfsRootReading read_path_and_options(Initramfs consumer, std::string_view value) {
  NfsRootReading reading{consumer, std::nullopt, ""};
  NfsRoot root;
  if (!take_server(value, root, reading.problem)) return reading;
  auto comma = value.find(',');
  root.path = value.substr(0, comma);
  if (comma != std::string_view::npos) root.options = options_from(value.substr(comma + 1));
  if (consumer == Initramfs::initramfs_tools && root.path == "auto") root.path.clear();
  return finish(consumer, std::move(root));
}

// The value of nfsroot=, for the kernel and for initramfs-tools.
NfsRootReading read_nfsroot(Initramfs consumer, std::string_view value) {
  auto is_name = consumer == Initramfs::none && value.find_first_not_of("/,0123456789") == 0;
  // Like nfs_root_setup in nfsroot.c.
  return is_name ? read_path_and_options(consumer, fmt::format("/tftpboot/{}", value))
                 : read_path_and_options(consumer, value);
}

// root=nfs[4]:[SERVER:]PATH[:OPTIONS]; options may also follow a ','.
NfsRootReading read_dracut(std::string_view value, std::string_view prefix) {
  NfsRootReading reading{Initramfs::dracut, std::nullopt, ""};
  NfsRoot root;
  value.remove_prefix(prefix.size());
  if (!take_server(value, root, reading.problem)) return reading;
  auto end = value.find_first_of(":,");
  root.path = value.substr(0, end);
  if (prefix == dracut_v4_prefix) root.options.emplace_back("vers=4");
  if (end != std::string_view::npos) {
    auto options = options_from(value.substr(end + 1));
    root.options.insert(root.options.end(), options.begin(), options.end());
  }
  return finish(Initramfs::dracut, std::move(root));
}

bool has_value(const KernelParameter* parameter, std::string_view value) noexcept {
  return parameter != nullptr && parameter->value() == value;
}

}  // namespace

std::optional<std::string> problem_with(const NfsRoot& root, Initramfs consumer) {
  auto path = in_quotes(root.path);
  if (root.path.empty()) {
    // Without a path, the path and the server come from DHCP.
    if (root.server || !root.options.empty()) return "a root without path has neither server nor options";
    return std::nullopt;
  }
  if (root.path.front() != '/') return fmt::format("the path {} is not absolute", path);
  if (!is_plain(root.path) || root.path.find(',') != std::string::npos) {
    return fmt::format("the path {} has a character that nfsroot cannot carry", path);
  }
  if (consumer != Initramfs::initramfs_tools && root.path.find('%') != std::string::npos) {
    return fmt::format("the path {} has a '%', which would be taken for a format", path);
  }
  if (consumer == Initramfs::dracut && root.path.find(':') != std::string::npos) {
    return fmt::format("the path {} has a ':', where dracut takes it to end", path);
  }
  for (const auto& option : root.options) {
    if (option.empty() || !is_plain(option) || option.find_first_of(",:") != std::string::npos) {
      return fmt::format("{} cannot be a mount option", in_quotes(option));
    }
  }
  if (consumer == Initramfs::none && joined(root, ',').size() > kernel_nfsroot_length) {
    return fmt::format("nfsroot= is longer than the {} characters that the kernel holds",
                       kernel_nfsroot_length);
  }
  return std::nullopt;
}

std::vector<KernelParameter> nfs_root_parameters(const NfsRoot& root, Initramfs consumer) {
  if (auto problem = problem_with(root, consumer)) {
    throw ArgumentError("nfs_root.syntax", root.path, *problem);
  }
  using P = KernelParameter;
  if (consumer == Initramfs::dracut) {
    // Without a path, "nfs" alone means that the root comes from DHCP's root-path.
    auto value = root.path.empty() ? std::string("nfs") : std::string(dracut_prefix) + joined(root, ':');
    return {P::assignment("root", value)};
  }
  std::vector<KernelParameter> parameters;
  if (consumer == Initramfs::initramfs_tools) parameters.push_back(P::assignment("boot", "nfs"));
  parameters.push_back(P::assignment("root", "/dev/nfs"));
  if (!root.path.empty()) {
    parameters.push_back(P::assignment("nfsroot", joined(root, ',')));
  } else if (consumer == Initramfs::initramfs_tools) {
    parameters.push_back(P::assignment("nfsroot", "auto"));
  }
  return parameters;
}

std::optional<NfsRootReading> find_nfs_root(const KernelCommandLine& line, std::optional<Initramfs> initrd) {
  const auto* root = line.find("root");
  const auto* nfsroot = line.find("nfsroot");
  if (root != nullptr && root->value()) {
    std::string_view value = *root->value();
    // With root=dhcp, the root comes from netroot=, or without it from DHCP's root-path (dracut.cmdline(7)).
    const auto* netroot = line.find("netroot");
    if (netroot != nullptr && netroot->value() && value.substr(0, dracut_prefix.size()) != dracut_prefix)
      value = *netroot->value();
    if (value == "nfs" || value == "nfs4" || value == "dhcp" || value == "dhcp6")
      return NfsRootReading{Initramfs::dracut, NfsRoot{}, ""};
    constexpr std::string_view address_form = "nfs://";
    if (value.substr(0, address_form.size()) == address_form)
      return NfsRootReading{Initramfs::dracut, std::nullopt,
                            "nfs:// is no form of a root file system: write root=nfs:SERVER:PATH"};
    for (auto prefix : {dracut_prefix, dracut_v4_prefix}) {
      if (value.substr(0, prefix.size()) == prefix) return read_dracut(value, prefix);
    }
    // dracut's old form, without "nfs:".
    auto server = Ipv4Address::parse(value.substr(0, value.find(":/")));
    if (server && value.find(":/") != std::string_view::npos) return read_dracut(value, "");
  }
  auto boots_nfs = has_value(line.find("boot"), "nfs");
  auto consumer = initrd.value_or(boots_nfs ? Initramfs::initramfs_tools : Initramfs::none);
  // initramfs-tools boots over NFS with boot=nfs, and its init reads root=/dev/nfs as boot=nfs. The kernel
  // uses nfsroot= for an NFS root unless root= names another root.
  bool asks = (consumer == Initramfs::initramfs_tools && boots_nfs) || has_value(root, "/dev/nfs") ||
              (root == nullptr && nfsroot != nullptr);
  if (!asks) return std::nullopt;
  if (nfsroot == nullptr || !nfsroot->value() || nfsroot->value()->empty()) {
    return NfsRootReading{consumer, NfsRoot{}, ""};
  }
  if (consumer == Initramfs::dracut) return read_dracut(*nfsroot->value(), "");
  return read_nfsroot(consumer, *nfsroot->value());
}

NfsRootReading read_root_path(Initramfs consumer, std::string_view value) {
  if (consumer == Initramfs::initramfs_tools) {
    NfsRootReading reading{consumer, std::nullopt, ""};
    NfsRoot root;
    if (!take_server(value, root, reading.problem)) return reading;
    root.path = value;  // the whole value: the scripts look for options in nfsroot= only
    return finish(consumer, std::move(root));
  }
  if (consumer == Initramfs::none) return read_path_and_options(consumer, value);
  for (auto prefix : {dracut_prefix, dracut_v4_prefix}) {
    if (value.substr(0, prefix.size()) == prefix) return read_dracut(value, prefix);
  }
  return read_dracut(value, "");
}

std::optional<int> nfs_version_among(const std::vector<std::string>& options) {
  std::optional<int> version;
  for (std::string_view option : options) {
    for (std::string_view name : {"vers=", "nfsvers=", "v"}) {
      auto value = option.starts_with(name) ? option.substr(name.size()) : std::string_view();
      if (!value.empty() && value.front() >= '2' && value.front() <= '4') version = value.front() - '0';
    }
  }
  return version;
}

std::optional<int> nfs_version(const NfsRootReading& reading) {
  auto version = nfs_version_among(reading.root->options);
  constexpr int of_nfsmount = 3;
  if (!version && reading.consumer == Initramfs::initramfs_tools) return of_nfsmount;
  return version;
}

}  // namespace krgboot
