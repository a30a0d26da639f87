#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/formats/dhcpd_answer.hpp"
#include "krgboot/formats/exports_match.hpp"
#include "krgboot/formats/hosts.hpp"
#include "krgboot/formats/tftpd_hpa.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "image_steps.hpp"

namespace krgboot {

/// The files by which a boot server's daemons would answer, read once for all traces.
struct ServerFiles {
  ServerFiles(const Cluster& of, const Root& beneath);

  const Cluster& cluster;
  Root root;
  const Release& release;

  std::optional<dhcpd::Configuration> dhcp;  // nullopt: no dhcpd.conf
  std::optional<tftpd_hpa::Parsing> tftp;    // nullopt: no such file
  std::string tftp_root;                     // that the TFTP daemon serves; empty: none
  std::optional<Root> tftp_directory;        // the same, opened; nullopt: not there
  exports::ExportsView exports;

  /// What keeps the kernel of a boot entry from getting its root over NFS, by the files in its image; nothing
  /// where image or kernel are not there, which others report. Looked up once for all traces.
  const Diagnostics& kernel_findings(const BootEntry& entry) const;
  /// What of an image's configuration waits for its programs. Looked up once for all traces.
  const ImageStepsSeen& steps_of(const Image& image) const;

 private:
  Diagnostics find_kernel_findings(const BootEntry& entry) const;
  mutable std::mutex kernel_findings_mutex_;
  mutable std::map<std::string, Diagnostics> kernel_findings_;  // by boot entry
  mutable std::mutex steps_mutex_;
  mutable std::map<std::string, ImageStepsSeen> steps_;  // by image
};

}  // namespace krgboot
