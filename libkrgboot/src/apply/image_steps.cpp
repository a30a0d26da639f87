#include "image_steps.hpp"

#include "krgboot/image/configure.hpp"

#include "image_fault.hpp"

namespace krgboot {

ImageStepsSeen look_at_image_steps(const Root& root, const std::string& image,
                                   const std::vector<ImageStep>& steps) {
  ImageStepsSeen seen;
  auto on_fault = [&](const std::string& origin, const Error& error) {
    seen.faults.push_back(image_fault(root, image, "", origin, error));
  };
  auto outer = fault_of(root, image, "", "", [&] {
    auto status = root.status_through_links(image);
    if (status && status->kind == FileKind::directory)
      seen.pending = pending_steps(root.beneath(image), steps, on_fault);
  });
  if (outer) seen.faults.push_back(std::move(*outer));
  return seen;
}

}  // namespace krgboot
