// Groups with alerts are prometheusAlerts, groups of recording rules alone prometheusRules. Alerts read both.
local render = import 'render.libsonnet';
local hasAlert(group) = std.length([rule for rule in group.rules if std.objectHas(rule, 'alert')]) > 0;

{
  local groups = render($._config),

  prometheusAlerts+:: { groups+: [group for group in groups if hasAlert(group)] },
  prometheusRules+:: { groups+: [group for group in groups if !hasAlert(group)] },
}
