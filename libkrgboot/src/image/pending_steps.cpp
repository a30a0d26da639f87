#include "krgboot/base/error.hpp"
#include "krgboot/image/configure.hpp"
#include "krgboot/image/kernels.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/overloaded.hpp"
#include "configured_record.hpp"
#include "dpkg_status.hpp"
#include "image_inputs.hpp"
#include "kept_network.hpp"
#include "step_facts.hpp"

namespace krgboot {

namespace {

std::string listed(const std::vector<std::string>& words, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", fmt::join(words, ", "), words.size() == 1 ? one : many);
}

[[noreturn]] void throw_unknown_version(const Root& image, const std::string& kernel) {
  auto path = image.describe("/boot/" + kernel);
  throw ConflictError("kernel.no_version", path,
                      fmt::format("{} is no kernel: neither its header nor its name tells a version", path));
}

/// Calls `action`; passes its errors to `on_fault`, if set.
template <class Action>
void unless_faulty(const OnFault& on_fault, const std::string& origin, Action action) {
  try {
    action();
  } catch (const Error& error) {
    if (!on_fault) throw;
    on_fault(origin, error);
  }
}

class PendingStepFinder {
 public:
  PendingStepFinder(const Root& image, const DpkgStatus& dpkg)
      : image_(image), dpkg_(dpkg), record_(read_record(image)) {}

  std::vector<PendingStep> result(const std::vector<ImageStep>& steps, const OnFault& on_fault) {
    for (const auto& step : steps) {
      step_ = &step;
      unless_faulty(on_fault, step.origin,
                    [&] { std::visit([&](const auto& state) { find(state); }, step.state); });
    }
    return std::move(pending_);
  }

 private:
  using Lines = std::vector<std::string>;

  void wait(std::string why, Lines before, Lines after) {
    pending_.push_back({*step_, std::move(why), std::move(before), std::move(after)});
  }

  void find(const InstalledPackages& state) {
    auto missing = missing_packages(dpkg_, state);
    if (missing.empty() && !dpkg_.interrupted) return;
    Lines before;
    for (const auto& package : state.packages) {
      if (dpkg_.has(package)) before.push_back(package);
    }
    auto why = !missing.empty()            ? listed(missing, "is not installed", "are not installed")
               : !dpkg_.unfinished.empty() ? listed({dpkg_.unfinished.begin(), dpkg_.unfinished.end()},
                                                    "is installed halfway", "are installed halfway")
                                           : std::string("dpkg was interrupted");
    wait(std::move(why), std::move(before), state.packages);
  }

  void find(const InstalledKerrighed& state) {
    auto known = dpkg_.installed.find(kerrighed_package);
    std::string inputs;
    try {
      inputs = kerrighed_inputs(state.source);
    } catch (const IoError& error) {
      // A build tree that was removed after the installation does not make it pending.
      if (error.error_number() == ENOENT && known != dpkg_.installed.end()) return;
      if (error.error_number() != ENOENT) throw;
      return wait(state.source + " is not there", {}, {std::string(kerrighed_package)});
    }
    auto version = kerrighed_version(inputs);
    if (known != dpkg_.installed.end() && known->second.version == version) return;
    Lines before;
    if (known != dpkg_.installed.end())
      before.push_back(fmt::format("{} {}", kerrighed_package, known->second.version));
    auto why = before.empty() ? fmt::format("{} is not installed", state.source)
                              : fmt::format("{} has changed since it was installed", state.source);
    wait(std::move(why), std::move(before), {fmt::format("{} {}", kerrighed_package, version)});
  }

  void find(const NamedKernels& state) {
    Lines there;
    Lines missing;
    for (const auto& name : state.names) {
      // The initrd may not be made yet; a kernel must exist.
      auto is_there = name == "initrd.img" ? image_.status("/boot/" + name).has_value()
                                           : image_.status_through_links("/boot/" + name).has_value();
      (is_there ? there : missing).push_back("/boot/" + name);
    }
    if (missing.empty()) return;
    Lines after;
    for (const auto& name : state.names) after.push_back("/boot/" + name);
    wait(listed(missing, "is not there", "are not there"), std::move(there), std::move(after));
  }

  void find(const GeneratedLocale& state) {
    if (is_recorded(record_name(state), locale_inputs(image_))) return;
    wait(fmt::format("{} was not generated from the current /etc/locale.gen", state.locale), {},
         {state.locale});
  }

  void find(const SshHostKeys& state) {
    if (state.types.empty()) {
      auto keys = ssh_host_key_files(image_);
      if (!keys.empty())
        wait("the image holds ssh host keys, though each node makes its own at boot", std::move(keys), {});
      return;
    }
    Lines after;
    Lines before;
    for (const auto& type : state.types) after.push_back(ssh_host_key(type));
    auto wanting = wanting_host_keys(image_, state);
    if (wanting.types.empty()) return;
    for (const auto& type : state.types) {
      if (std::find(wanting.types.begin(), wanting.types.end(), type) == wanting.types.end())
        before.push_back(ssh_host_key(type));
    }
    auto why = wanting.is_the_hosts ? std::string("the ssh server has host keys of this machine")
                                    : fmt::format("the ssh server has no host key of {} {}",
                                                  wanting.types.size() == 1 ? "type" : "types",
                                                  fmt::join(wanting.types, ", "));
    wait(std::move(why), std::move(before), std::move(after));
  }

  void find(const EnabledService& state) {
    if (is_enabled(image_, state.service)) return;
    wait(fmt::format("{} is not started at boot", state.service), {}, {state.service});
  }

  void find(const KeptNetwork& state) {
    Lines reasons;
    Lines before;
    Lines after;
    for (auto& setting : missing_network_settings(image_, state)) {
      // One service may need settings in two places.
      if (reasons.empty() || reasons.back() != setting.why) reasons.push_back(std::move(setting.why));
      if (!setting.text) before.push_back(setting.path);
      after.push_back(setting.text ? std::move(setting.path) : setting.path + ", changed by hand");
    }
    if (!reasons.empty())
      wait(fmt::format("{}", fmt::join(reasons, "; ")), std::move(before), std::move(after));
  }

  void find(const BuiltInitramfs& state) {
    auto kernel = find_kernel(image_, state.kernel);
    if (!kernel) return wait(fmt::format("/boot/{} is not there", state.kernel), {}, {state.initrd});
    if (kernel->version.empty()) throw_unknown_version(image_, state.kernel);
    auto inputs = initramfs_inputs(image_, state.generator, kernel->version);
    auto is_there = image_.status_through_links("/boot/" + state.initrd).has_value();
    if (is_there && is_recorded(record_name(state, kernel->version), inputs)) return;
    auto described = [&](std::string_view digest) {
      return fmt::format("{} of {}, made from {:.12}", state.initrd, kernel->version, digest);
    };
    Lines before;
    if (is_there) {
      auto known = record_.find(record_name(state, kernel->version));
      before.push_back(known == record_.end() ? fmt::format("{} of {}", state.initrd, kernel->version)
                                              : described(known->second));
    }
    wait(is_there ? fmt::format("/boot/{} was not made from the current configuration", state.initrd)
                  : fmt::format("/boot/{} is not there", state.initrd),
         std::move(before), {described(inputs)});
  }

  bool is_recorded(const std::string& name, const std::string& inputs) const {
    auto known = record_.find(name);
    return known != record_.end() && known->second == inputs;
  }

  const Root& image_;
  const DpkgStatus& dpkg_;
  ConfiguredRecord record_;
  const ImageStep* step_ = nullptr;
  std::vector<PendingStep> pending_;
};

}  // namespace

std::vector<PendingStep> pending_steps(const Root& image, const std::vector<ImageStep>& steps,
                                       const OnFault& on_fault) {
  if (steps.empty()) return {};
  std::optional<DpkgStatus> dpkg;
  unless_faulty(on_fault, steps.front().origin, [&] { dpkg = read_dpkg_status(image); });
  if (!dpkg) return {};
  return PendingStepFinder(image, *dpkg).result(steps, on_fault);
}

}  // namespace krgboot
