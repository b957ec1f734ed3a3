// Fills the templates with a configuration, as tools/rules/render-rules.ts does for the YAML files.
local templates = import 'templates.libsonnet';

// With as few decimals as needed, at most six.
local number(x) =
  local rounded(decimals) = std.floor(x * std.pow(10, decimals) + 0.5) / std.pow(10, decimals);
  local fitting = [d for d in std.range(0, 5) if std.abs(rounded(d) - x) < 1e-9];
  local decimals = if std.length(fitting) > 0 then fitting[0] else 6;
  if decimals == 0 then '%d' % rounded(0) else std.format('%.' + decimals + 'f', x);

local has(object, key) = std.objectHasAll(object, key);
local distinct(list) = std.foldl(function(seen, x) if std.member(seen, x) then seen else seen + [x], list, []);

local bucketPattern(seconds) =
  std.strReplace(number(seconds), '.', '\\\\.') + (if seconds == std.floor(seconds) then '(\\\\.0)?' else '');

local valuesOf(config) =
  { [key]: config[key] for key in std.objectFields(config) if std.isString(config[key]) } +
  { [key]: number(config[key]) for key in std.objectFields(config) if std.isNumber(config[key]) } +
  { [key + '_percent']: number(config[key] * 100) for key in std.objectFields(config) if std.isNumber(config[key]) } +
  {
    service_labels: std.join(', ', config.service_labels),
    fleet_labels: std.join(', ', config.fleet_labels),
    instance_labels: std.join(', ', config.instance_labels),
    selector_alone: if config.selector == '' then '' else '{' + config.selector + '}',
    selector_more: if config.selector == '' then '' else ', ' + config.selector,
    availability_allowed_percent: number((1 - config.availability_objective) * 100),
    latency_allowed_percent: number((1 - config.latency_objective) * 100),
    latency_le: bucketPattern(config.latency_seconds),
  };

local windowValues(window, config) =
  window {
    burn: number(window.burn),
    availability_limit: number(window.burn * (1 - config.availability_objective)),
    latency_limit: number(window.burn * (1 - config.latency_objective)),
  };

local rowsOf(template, config) =
  local windows = config.slo_windows;
  if !has(template, 'each') then [{}]
  else if template.each == 'window' then [windowValues(window, config) for window in windows]
  else [
    { window: window }
    for window in distinct(std.flattenArrays([
      if template.each == 'long' then [w.long] else [w.short, w.long]
      for w in windows
    ]))
  ];

local renderRule(template, config, values) =
  local own = if has(template, 'alert') && has(config.alerts, template.alert) then config.alerts[template.alert] else {};
  local texts = {
    [key]: template[key] % values
    for key in std.objectFields(template)
    if std.isString(template[key]) && key != 'each'
  };
  local waits = { [key]: own[key] for key in ['for', 'keep_firing_for'] if has(own, key) };
  local told = values { 'for': std.get({ 'for': '0s' } + texts + waits, 'for') };
  if !has(template, 'alert') then texts
  else texts + waits + {
    labels:
      { [key]: template.labels[key] % values for key in std.objectFields(template.labels) } +
      config.alert_labels +
      (if has(own, 'severity') then { severity: own.severity } else {}),
    annotations: { [key]: template.annotations[key] % told for key in std.objectFields(template.annotations) },
  };

local isWanted(template, config) =
  !(has(template, 'alert') && has(config.alerts, template.alert) &&
    has(config.alerts[template.alert], 'enabled') && !config.alerts[template.alert].enabled);

function(config)
  local values = valuesOf(config);
  [
    group
    for group in [
      template {
        rules: std.flattenArrays([
          [renderRule(rule, config, values + row) for row in rowsOf(rule, config)]
          for rule in template.rules
          if isWanted(rule, config)
        ]),
      }
      for template in templates
    ]
    if std.length(group.rules) > 0
  ]
