#pragma once

#include <nlohmann/json.hpp>
#include <string>

/// The readers and writers of JSON are compiled once for all tests, in json_instances.cpp: a unit
/// that reads or writes JSON costs half. Comes with the precompiled headers; no file includes it.
#ifndef GATEHOUSE_JSON_INSTANCES
#define GATEHOUSE_JSON_INSTANCES extern
#endif

namespace gatehouse::json_instances {
using String = nlohmann::detail::iterator_input_adapter<std::string::const_iterator>;
using View = nlohmann::detail::iterator_input_adapter<const char*>;
}  // namespace gatehouse::json_instances

GATEHOUSE_JSON_INSTANCES template class nlohmann::basic_json<>;
GATEHOUSE_JSON_INSTANCES template class nlohmann::detail::serializer<nlohmann::json>;
GATEHOUSE_JSON_INSTANCES template class nlohmann::detail::json_sax_dom_parser<nlohmann::json>;
GATEHOUSE_JSON_INSTANCES template class nlohmann::detail::json_sax_dom_callback_parser<
    nlohmann::json>;
GATEHOUSE_JSON_INSTANCES template class nlohmann::detail::lexer<nlohmann::json,
                                                                gatehouse::json_instances::String>;
GATEHOUSE_JSON_INSTANCES template class nlohmann::detail::lexer<nlohmann::json,
                                                                gatehouse::json_instances::View>;
GATEHOUSE_JSON_INSTANCES template class nlohmann::detail::parser<nlohmann::json,
                                                                 gatehouse::json_instances::String>;
GATEHOUSE_JSON_INSTANCES template class nlohmann::detail::parser<nlohmann::json,
                                                                 gatehouse::json_instances::View>;
