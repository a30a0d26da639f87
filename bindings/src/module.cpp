#include "bind_values.hpp"

PYBIND11_MODULE(_core, m) {
  using namespace krgboot::bindings;
  m.doc() = "libkrgboot for Python; import krgboot instead.";
  bind_base(m);
  bind_net(m);
  bind_model(m);
  bind_config(m);
  bind_formats(m);
  bind_plan(m);
  bind_system(m);
  bind_image(m);
  bind_bootstrap(m);
  bind_apply(m);
  bind_configure(m);
  bind_automation(m);
  bind_machines(m);
  // These add to the classes above.
  bind_links(m);
  bind_dicts(m);
  bind_reprs(m);
  bind_values(m);
}
