#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/nfs_conf.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/system/root.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "image_steps.hpp"
#include "services/services.hpp"

namespace krgboot {

/// /etc/nfs.conf and its drop-in files.
NfsConf read_nfs_conf(const Root& root);

/// The files that determine the answers of a boot server's daemons, read once for all traces.
struct ServerFiles {
  ServerFiles(const ServerView& of, const Root& beneath);

  const ServerView view;
  const Cluster& cluster;
  Root root;
  const Release& release;

  std::unique_ptr<const DhcpConfiguration> dhcp;  // nullptr: the server has none, or krgboot does not
                                                  // configure it
  std::optional<TftpSettings> tftp;               // nullopt: krgboot does not configure it
  std::string tftp_root;                          // directory that TFTP serves; empty: none
  std::optional<Root> tftp_directory;             // the same, opened; nullopt: missing
  exports::ExportsView exports;
  NfsConf nfs;

  const Loader& loader() const { return loader_of(view.server); }

  /// The installed DHCP server's objection to its configuration, from `config_refusal`. The server is run
  /// once for all traces.
  const std::optional<std::string>& dhcp_refusal() const;

  /// A kernel of an image that machines boot, by a boot entry or a boot file written by hand.
  struct BootedKernel {
    const Image* image = nullptr;
    std::string kernel;                 // relative to /boot
    std::optional<std::string> initrd;  // relative to /boot
    Initramfs initramfs = Initramfs::none;
    std::optional<Kerrighed> kerrighed;
  };
  /// Findings that keep the kernel from mounting its root over NFS, by the files in its image; empty if the
  /// image or kernel is missing, which is reported elsewhere. Checked once for all traces.
  const Diagnostics& kernel_findings(const BootedKernel& booted) const;
  /// Is the file that TFTP serves at `path` the file of that name in the image's /boot? True also if the
  /// image has no such file. Checked once for all traces.
  bool is_that_of_image(const Image& image, const std::string& file, const std::string& path) const;
  /// The file in the image's /boot with the same bytes as the file that TFTP serves at `path`; nullopt: none.
  /// Checked once for all traces.
  std::optional<std::string> file_of_image(const Image& image, const std::string& path) const;
  /// Generator of an initrd that TFTP serves.
  struct InitrdMaker {
    std::optional<Initramfs> maker;  ///< result of maker_of_initramfs()
    std::string fault;               ///< why it cannot be determined; empty if it can
  };
  /// Checked once for all traces.
  const InitrdMaker& maker_of_initrd(const std::string& path) const;
  /// Programs of an image that have file capabilities. Checked once for all traces.
  const std::vector<std::string>& capable_programs_of(const Image& image) const;
  /// Pending configuration steps of an image. Checked once for all traces.
  const ImageStepsSeen& steps_of(const Image& image) const;

 private:
  mutable std::once_flag dhcp_asked_;
  mutable std::optional<std::string> dhcp_refusal_;
  Diagnostics find_kernel_findings(const BootedKernel& booted) const;
  mutable std::mutex kernel_findings_mutex_;
  mutable std::map<std::string, Diagnostics>
      kernel_findings_;  // by image, kernel, initrd and program that mounts the root
  mutable std::mutex capable_mutex_;
  mutable std::map<std::string, std::vector<std::string>> capable_programs_;  // by image
  mutable std::mutex makers_mutex_;
  mutable std::map<std::string, InitrdMaker> makers_;  // by path
  mutable std::mutex copies_mutex_;
  mutable std::map<std::string, bool> copies_;                                 // by path
  mutable std::map<std::string, std::optional<std::string>> files_of_images_;  // by image and path
  mutable std::mutex steps_mutex_;
  mutable std::map<std::string, ImageStepsSeen> steps_;  // by image
};

}  // namespace krgboot
