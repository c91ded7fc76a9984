#include "daemon/local/view/status_page.hpp"

#include <fmt/format.h>

#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>

#include "store/values/text/ascii.hpp"

namespace gatehouse::local {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view page_head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width"><title>Gatehouse</title><style>
body{{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;
color:#222;background:#fff}}
h1{{font-size:1.4rem}}h2{{font-size:1rem;margin:1.2rem 0 .2rem}}
td{{padding:0 1.5rem 0 0;vertical-align:top}}td:first-child{{color:#666;min-width:14rem}}
.ok{{color:#176b2c}}.notice{{color:#444}}.warning{{color:#8a5300}}.critical{{color:#b00020}}
</style></head><body>
<h1>Gatehouse {} <span class="{}">{}</span></h1>
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

// "oldestPendingAt" and "asked_cloud" as words.
std::string words(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0) out += ' ';
    out += c == '_' ? ' ' : lower_case(c);
  }
  return out;
}

std::string text_of(const Json& value) {
  if (value.is_null()) return "–";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return value.get<std::string>().empty() ? "–" : value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string list;
  for (const Json& item : value) list += (list.empty() ? "" : ", ") + text_of(item);
  return list.empty() ? "–" : list;
}

void append_rows(const Json& object, const std::string& prefix, std::string& page) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      append_rows(value, prefix + words(name) + ": ", page);
    } else {
      fmt::format_to(std::back_inserter(page), "<tr><td>{}</td><td>{}</td></tr>\n",
                     escaped(prefix + words(name)), escaped(text_of(value)));
    }
  }
}

void append_warnings(const Json& warnings, std::string& page) {
  if (warnings.empty()) return;
  page += "<ul>\n";
  for (const Json& warning : warnings) {
    fmt::format_to(std::back_inserter(page), "<li class=\"{0}\"><b>{0}</b> {1}</li>\n",
                   escaped(text_of(warning["severity"])), escaped(text_of(warning["text"])));
  }
  page += "</ul>\n";
}

/// The color of a warning of that gravity.
std::string_view color_of(std::string_view state) {
  if (state == "failed") return "critical";
  return state == "degraded" ? "warning" : "ok";
}

void append_parts(const Json& parts, std::string& page) {
  page += "<h2>parts</h2>\n<table>\n";
  for (const Json& part : parts) {
    const std::string state = text_of(part["state"]);
    fmt::format_to(std::back_inserter(page),
                   "<tr><td>{}</td><td class=\"{}\">{}</td><td>since {}</td><td>{}</td></tr>\n",
                   escaped(words(text_of(part["part"]))), color_of(state), escaped(state),
                   escaped(text_of(part["since"])), escaped(text_of(part["code"])));
  }
  page += "</table>\n";
}

}  // namespace

std::string status_page(const Json& status) {
  const std::string health = escaped(text_of(status["health"]));
  std::string page = fmt::format(page_head, escaped(text_of(status["storeId"])), health, health);
  append_warnings(status["warnings"], page);
  append_parts(status["parts"], page);
  Json general = Json::object();
  for (const auto* name : {"version", "now", "startedAt", "uptimeSeconds"}) {
    general[name] = status[name];
  }
  page += "<table>\n";
  append_rows(general, "", page);
  page += "</table>\n";
  for (const auto& [name, value] : status.items()) {
    if (!value.is_object()) continue;
    fmt::format_to(std::back_inserter(page), "<h2>{}</h2>\n<table>\n", escaped(words(name)));
    append_rows(value, "", page);
    page += "</table>\n";
  }
  return page + "</body></html>\n";
}

}  // namespace gatehouse::local
