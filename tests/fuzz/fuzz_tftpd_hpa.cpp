// /etc/default/tftpd-hpa. The input has the TFTP root on its first line, then the file.
#include "krgboot/base/error.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto tftp_root = fuzz::take_line(text);
  for (auto style : {TftpdDefaultsStyle::run_daemon, TftpdDefaultsStyle::tftp_directory}) {
    auto [before, faults] = tftpd_hpa::parse(text, style, "tftpd-hpa");
    // For a file with errors it is not defined what must stay.
    const bool sound = !has_errors(faults);
    try {
      auto set = tftpd_hpa::set(text, style, tftp_root);
      auto [settings, diagnostics] = tftpd_hpa::parse(set, style, "tftpd-hpa");
      require(settings.directories == std::vector{std::string(tftp_root)}, "the TFTP root is served");
      require(settings.secure, "and nothing outside of it");
      if (style == TftpdDefaultsStyle::run_daemon) require(settings.run_daemon == true, "by a daemon");
      require(tftpd_hpa::set(set, style, tftp_root) == set, "a second time changes nothing");
      if (sound && !before.address.empty()) require(settings.address == before.address, "the address stays");
      if (sound && !before.username.empty()) require(settings.username == before.username, "the user stays");
    } catch (const ArgumentError& error) {
      require(error.code() == "tftpd_hpa.directory", "the documented code");
    } catch (const ConfigError& error) {
      require(error.code() == "tftpd_hpa.syntax" || error.code() == "tftpd_hpa.unreadable" ||
                  error.code() == "tftpd_hpa.expansion",
              "the documented codes");
    }
  }
  return 0;
}
