#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/image/apt_mirrors.hpp"
#include "krgboot/image/bootstrap.hpp"
#include "krgboot/model/image_step.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot {

namespace {

/// Checks a value that becomes part of an argument or of a line of sources.list: one word that does not begin
/// like an option.
void check_name(const std::string& name, std::string_view what) {
  constexpr std::string_view signs = "+-./:~_=";
  auto fits = [&](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || signs.find(character) != std::string_view::npos;
  };
  if (!name.empty() && std::all_of(name.begin(), name.end(), fits) &&
      signs.find(name.front()) == std::string_view::npos)
    return;
  throw ArgumentError("bootstrap.name", name, fmt::format("{} is no name of a {}", in_quotes(name), what));
}

void check_mirror(const std::string& mirror) {
  auto starts = [&](std::string_view scheme) { return mirror.substr(0, scheme.size()) == scheme; };
  auto has_password = [&] {
    auto host = mirror.find("//");
    if (starts("file:") || host == std::string::npos) return false;
    return mirror.substr(host + 2, mirror.find('/', host + 2) - host - 2).find('@') != std::string::npos;
  };
  auto reason = std::string_view();
  if (has_password()) {
    // The message must not contain them.
    throw ArgumentError("bootstrap.mirror", "",
                        "a mirror's name and password belong into /etc/apt/auth.conf.d, not into its URL");
  }
  if (!starts("http://") && !starts("https://") && !starts("file:/")) {
    reason = "it starts with none of http://, https:// and file:/";
  } else if (mirror.find_first_of(" \t\"'[]#,") != std::string::npos || has_control(mirror)) {
    reason = "it holds what sources.list cannot";
  }
  if (!reason.empty())
    throw ArgumentError("bootstrap.mirror", mirror,
                        fmt::format("the mirror {} cannot be used: {}", in_quotes(mirror), reason));
}

void check(const BootstrapOptions& options) {
  const auto& chosen = release(options.release);
  if (chosen.archived && !options.trust_unsigned)
    throw ArgumentError(
        "bootstrap.untrusted", chosen.codename,
        fmt::format(
            "{} is an archived release, whose signing keys have expired: it can only be installed "
            "unverified, if packages without a valid signature are explicitly trusted (trust: anything)",
            chosen.codename));
  for (const auto& component : options.components) check_name(component, "component");
  for (const auto& package : options.packages) check_name(package, "package");
  for (const auto& suite : options.suites) check_name(suite, "suite");
  if (!options.architecture.empty()) check_name(options.architecture, "architecture");
  if (options.components.empty())
    throw ArgumentError("bootstrap.name", "", "at least one component is needed, such as main");
  constexpr std::array<std::string_view, 3> variants{"minbase", "important", "standard"};
  if (std::find(variants.begin(), variants.end(), options.variant) == variants.end())
    throw ArgumentError(
        "bootstrap.variant", options.variant,
        fmt::format("the variant {} is none of minbase, important and standard", in_quotes(options.variant)));
  for (const auto& mirror : {options.mirror, options.security_mirror}) {
    if (mirror && !mirror->empty()) check_mirror(*mirror);
  }
}

std::vector<std::string> mmdebstrap_command(const BootstrapOptions& options, const DebianMirrors& mirrors,
                                            const std::string& directory) {
  const auto& chosen = release(options.release);
  std::vector<std::string> argv{"mmdebstrap", "--mode=root", "--format=directory",
                                "--variant=" + options.variant};
  if (!options.architecture.empty()) argv.push_back("--architectures=" + options.architecture);
  if (!options.packages.empty())
    argv.push_back(fmt::format("--include={}", fmt::join(options.packages, ",")));
  argv.push_back(chosen.codename);
  argv.push_back(directory);
  auto add = [&](const std::string& mirror, const std::string& suite) {
    argv.push_back(fmt::format("deb {}{} {} {}",
                               options.trust_unsigned ? "[trusted=yes check-valid-until=no] " : "", mirror,
                               suite, fmt::join(options.components, " ")));
  };
  add(mirrors.main.value(), chosen.codename);
  for (const auto& suite : options.suites) {
    if (suite != chosen.codename) add(mirrors.main.value(), suite);
  }
  if (mirrors.security && !mirrors.security->empty())
    add(*mirrors.security, chosen.archived ? chosen.codename + "/updates" : chosen.codename + "-security");
  return argv;
}

/// debootstrap takes one suite and one mirror; the other suites come with the image's own sources.list.
std::vector<std::string> debootstrap_command(const BootstrapOptions& options, const DebianMirrors& mirrors,
                                             const std::filesystem::path& directory) {
  if (options.variant == "standard")
    throw ArgumentError("bootstrap.variant", options.variant,
                        "debootstrap knows no variant standard: mmdebstrap does");
  std::vector<std::string> argv{"debootstrap"};
  if (options.variant == "minbase") argv.emplace_back("--variant=minbase");
  if (!options.architecture.empty()) argv.push_back("--arch=" + options.architecture);
  argv.push_back(fmt::format("--components={}", fmt::join(options.components, ",")));
  if (!options.packages.empty())
    argv.push_back(fmt::format("--include={}", fmt::join(options.packages, ",")));
  if (options.trust_unsigned) argv.emplace_back("--no-check-gpg");
  argv.push_back(release(options.release).codename);
  argv.push_back(directory);
  argv.push_back(mirrors.main.value());
  return argv;
}

}  // namespace

std::vector<std::string> bootstrap_command(const BootstrapOptions& options,
                                           const std::filesystem::path& directory, BootstrapTool tool) {
  check(options);
  DebianMirrors mirrors{options.mirror, options.security_mirror};
  if (!mirrors.main || !mirrors.security) {
    auto known = default_mirrors(Root("/"), options.release);
    if (!mirrors.main) mirrors.main = known.main;
    if (!mirrors.security) mirrors.security = known.security;
  }
  if (!mirrors.main) {
    const auto& chosen = release(options.release);
    throw ArgumentError("bootstrap.mirror", chosen.codename,
                        fmt::format("no mirror is known for the packages of {}{}: name one", chosen.codename,
                                    chosen.archived ? ", an archived release" : ""));
  }
  if (tool == BootstrapTool::automatic)
    tool = release(options.release).archived ? BootstrapTool::debootstrap : BootstrapTool::mmdebstrap;
  return tool == BootstrapTool::mmdebstrap ? mmdebstrap_command(options, mirrors, directory)
                                           : debootstrap_command(options, mirrors, directory);
}

BootstrapOptions bootstrap_options(const Image& image) {
  BootstrapOptions options;
  options.release = image.release;
  options.source = image.source;
  options.mirror = image.mirror;
  options.security_mirror = image.security_mirror;
  options.suites = image.suites;
  options.components = image.components;
  options.architecture = image.architecture.value_or("");
  switch (image.variant) {
    case Variant::minbase:
      options.variant = "minbase";
      break;
    case Variant::important:
      options.variant = "important";
      break;
    case Variant::standard:
      options.variant = "standard";
      break;
  }
  options.packages = packages_of(image);
  options.trust_unsigned = image.trust == Trust::anything;
  return options;
}

std::string to_string(BootstrapPhase phase) {
  switch (phase) {
    case BootstrapPhase::starting:
      return "starting";
    case BootstrapPhase::lists:
      return "lists";
    case BootstrapPhase::downloading:
      return "downloading";
    case BootstrapPhase::extracting:
      return "extracting";
    case BootstrapPhase::configuring:
      return "configuring";
    case BootstrapPhase::packages:
      return "packages";
    case BootstrapPhase::cleaning:
      return "cleaning";
    case BootstrapPhase::publishing:
      break;
  }
  return "publishing";
}

std::optional<BootstrapPhase> bootstrap_phase(std::string_view line) {
  struct Sign {
    std::string_view start;
    BootstrapPhase phase;
  };
  using Phase = BootstrapPhase;
  // Info lines of mmdebstrap 1.3, then those of debootstrap 1.0.
  constexpr std::array<Sign, 14> signs{{{"I: running apt-get update", Phase::lists},
                                        {"I: downloading packages", Phase::downloading},
                                        {"I: extracting archives", Phase::extracting},
                                        {"I: installing essential packages", Phase::configuring},
                                        {"I: installing remaining packages", Phase::packages},
                                        {"I: cleaning package lists", Phase::cleaning},
                                        {"I: Retrieving InRelease", Phase::lists},
                                        {"I: Retrieving Release", Phase::lists},
                                        {"I: Retrieving Packages", Phase::lists},
                                        {"I: Retrieving ", Phase::downloading},
                                        {"I: Extracting ", Phase::extracting},
                                        {"I: Installing core packages", Phase::configuring},
                                        {"I: Unpacking the base system", Phase::packages},
                                        {"I: Base system installed", Phase::cleaning}}};
  for (const auto& sign : signs) {
    if (line.substr(0, sign.start.size()) == sign.start) return sign.phase;
  }
  return std::nullopt;
}

}  // namespace krgboot
