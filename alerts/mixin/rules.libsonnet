// Groups with alerts are in prometheusAlerts, groups with only recording rules in prometheusRules.
local render = import 'render.libsonnet';
local hasAlert(group) = std.length([rule for rule in group.rules if std.objectHas(rule, 'alert')]) > 0;

{
  local groups = render($._config),

  prometheusAlerts+:: { groups+: [group for group in groups if hasAlert(group)] },
  prometheusRules+:: { groups+: [group for group in groups if !hasAlert(group)] },
}
