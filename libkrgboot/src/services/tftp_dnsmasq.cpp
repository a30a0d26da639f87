#include "services/tftp_dnsmasq.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/tftp/dnsmasq/conf.hpp"

#include <fmt/format.h>

namespace krgboot {

namespace {

constexpr const char* main_conf = "/etc/dnsmasq.conf";
constexpr const char* drop_ins = "/etc/dnsmasq.d";
constexpr const char* own_drop_in = "/etc/dnsmasq.d/krgboot-tftp.conf";

std::string without_name(std::string_view output) {
  constexpr std::string_view name = "dnsmasq: ";
  std::string text;
  for (auto line : split_lines(output)) {
    if (line.starts_with(name)) line.remove_prefix(name.size());
    if (!trim(line).empty()) text += line;
  }
  return text;
}

/// The value of the last line with that option; nullptr if there is none.
const dnsmasq::Option* last_of(const std::vector<dnsmasq::Option>& options, std::string_view name) {
  const dnsmasq::Option* last = nullptr;
  for (const auto& option : options) {
    if (option.name == name) last = &option;
  }
  return last;
}

TftpSettings settings_of(const std::vector<dnsmasq::Option>& options) {
  TftpSettings settings;
  settings.file = own_drop_in;
  settings.access = {.reads_private = true, .program = "dnsmasq", .is_chrooted = false};
  if (last_of(options, "enable-tftp") == nullptr)
    settings.off = fmt::format("neither {} nor {} has enable-tftp", main_conf, drop_ins);
  // "ROOT,INTERFACE" applies to one interface only: skip it.
  for (const auto& option : options) {
    if (option.name == "tftp-root" && option.value.find(',') == std::string::npos) {
      settings.root = option.value;
      settings.file = option.where.to_string();
    }
  }
  while (settings.root.size() > 1 && settings.root.back() == '/') settings.root.pop_back();
  if (settings.root.empty()) settings.unconfined = fmt::format("{} has no tftp-root", main_conf);
  // Machines may use any of several addresses; krgboot checks the first.
  if (const auto* address = last_of(options, "listen-address"))
    settings.address = split(address->value, ',').front();
  if (const auto* user = last_of(options, "user"); user != nullptr && user->value == "root") {
    settings.access.as_root = true;
    settings.access.reads_private = false;
  }
  if (const auto* lower = last_of(options, "tftp-lowercase"))
    settings.renames = fmt::format("dnsmasq makes file names lower case ({})", lower->where.to_string());
  if (const auto* own = last_of(options, "tftp-unique-root"))
    settings.renames = fmt::format("dnsmasq has a directory for each machine ({})", own->where.to_string());
  if (const auto* secure = last_of(options, "tftp-secure")) {
    settings.diagnostics.push_back({Severity::error, "dnsmasq.tftp_secure",
                                    "dnsmasq serves only files of its own user", "leave out tftp-secure", "",
                                    secure->where});
  }
  return settings;
}

class TftpDnsmasq : public TftpService {
 public:
  std::string_view name() const noexcept override { return "dnsmasq"; }

  std::vector<PlanItem> items(const ServerView& view, const ServerState& /*state*/) const override {
    return {WriteFile{{Role::tftp, own_drop_in, "server.tftp_root"},
                      dnsmasq::render_tftp(view.server.tftp_root)}};
  }

  bool owns(Role role, std::string_view path) const noexcept override {
    return role == Role::tftp && path == own_drop_in;
  }

  /// dnsmasq reads its configuration at start only.
  Argv reload(const Release& release) const override {
    if (release.init == InitSystem::sysvinit) return {"/etc/init.d/dnsmasq", "restart"};
    return {"systemctl", "restart", "dnsmasq.service"};
  }
  std::string config_file(const Release& /*release*/) const override { return own_drop_in; }

  std::optional<ConfigCheck> config_check(const Release& release) const override {
    return ConfigCheck{.name = "dnsmasq",
                       .program = "dnsmasq",
                       .package = "dnsmasq",
                       .arguments = {"--test", fmt::format("--conf-file={}", main_conf),
                                     fmt::format("--conf-dir={},.dpkg-dist,.dpkg-old,.dpkg-new", drop_ins)},
                       .file = main_conf,
                       .folder = drop_ins,
                       .own_file_is_whole = true,
                       .newer_than_server = release.archived,
                       .complaints = without_name};
  }

  ConfigTexts config_texts(const Release& /*release*/, const FileReader& read) const override {
    ConfigTexts texts{{main_conf, ""}};  // dnsmasq requires the main file
    for (const auto& path : dnsmasq::paths_of(main_conf, drop_ins, files_of(read)))
      texts[path] = read(path).value_or("");
    return texts;
  }

  std::optional<TftpSettings> settings(const Release& /*release*/, const FileReader& read) const override {
    if (!read(own_drop_in) && !read(main_conf)) return std::nullopt;
    return settings_of(dnsmasq::read_all(main_conf, drop_ins, files_of(read)));
  }

 private:
  /// Adds krgboot's own file to the list: a staged file has a temporary name beside its target.
  static dnsmasq::Files files_of(const FileReader& read) {
    auto list = [&read](const std::string& where) {
      auto names = read.list(where);
      std::string own(std::string_view(own_drop_in).substr(std::string_view(drop_ins).size() + 1));
      if (where == drop_ins && std::find(names.begin(), names.end(), own) == names.end())
        names.push_back(own);
      return names;
    };
    return {[&read](const std::string& path) { return read(path); }, list};
  }
};

}  // namespace

const TftpService& tftp_dnsmasq() {
  static const TftpDnsmasq service;
  return service;
}

}  // namespace krgboot
