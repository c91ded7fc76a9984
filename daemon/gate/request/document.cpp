#include "daemon/gate/request/document.hpp"

#include <new>
#include <string>

#include "daemon/gate/request/wide_numbers.hpp"

namespace gatehouse::gate {
namespace {

constexpr std::string_view expected = "one JSON object (RFC 8259, UTF-8, at most 64 levels deep)";
static_assert(json_depth_max == 64);

std::string_view problem_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::DEPTH_ERROR:
      return "nests too deep";
    case simdjson::UTF8_ERROR:
      return "is not UTF-8";
    case simdjson::EMPTY:
      return "is empty";
    case simdjson::INCORRECT_TYPE:
      return "is not an object";
    default:
      return "is not JSON";
  }
}

}  // namespace

simdjson::simdjson_result<simdjson::dom::element> DocumentParser::parse_element(
    std::string_view body) {
  // simdjson takes the depth only together with a capacity, and keeps it when it grows.
  if (parser_.max_depth() != json_depth_max &&
      parser_.allocate(simdjson::dom::MINIMAL_DOCUMENT_CAPACITY, json_depth_max) !=
          simdjson::SUCCESS) {
    return simdjson::MEMALLOC;
  }
  return parser_.parse(body.data(), body.size());
}

std::expected<simdjson::dom::object, FieldError> DocumentParser::parse(std::string_view body) {
  last_.reset();
  auto element = parse_element(body);
  if (element.error() == simdjson::NUMBER_ERROR) {
    const std::string narrowed = with_narrow_numbers(body);
    element = parse_element(narrowed);
  }
  simdjson::dom::object object;
  const auto error = element.get(object);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) {
    return std::unexpected(FieldError{"body", problem_of(error), expected});
  }
  last_ = object;
  return object;
}

}  // namespace gatehouse::gate
