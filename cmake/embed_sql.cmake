# SQL stands in .sql files, where it can be read, and run by hand; here it becomes C++.

# embed_sql(<target> <name> <file>...): makes <name>.hpp with `inline constexpr std::string_view
# <name>[]`, one entry a file in the order given.
function(embed_sql target name)
  set(text "#pragma once\n#include <string_view>\nnamespace gatehouse::store::sql {\n")
  string(APPEND text "inline constexpr std::string_view ${name}[] = {\n")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" sql)
    string(APPEND text "R\"sql(${sql})sql\",\n")
  endforeach()
  string(APPEND text "};\n}\n")
  write_sql_header(${target} ${name} "${text}")
endfunction()

# embed_statements(<target> <name> [NUMBERS <what>=<enumeration>=<header>...] FILES <file>...): makes
# <name>.hpp with a namespace <name> that has a sqlite::NamedStatement for each statement of the
# files, so that a name that no statement has does not compile; and `statements` and `numbers`, all
# of them, for the tests. In a file stands
#
#   -- name: find_trip              a statement, up to the next such line
#   -- part: delivery_columns       text that several statements have, put in for {delivery_columns}
#   {state in may_charge}           (state = 1 OR state = 2 …), where the part is a list: (1, 2, …). IN itself
#                                   makes a table of a list of more than two, each time that it is asked
#   {settlement.held}               the number of an enumerator, taken from the enumeration itself:
#                                   `settlement` is the <what>
#
# Comments stay out of the program. A name in braces that nothing is called is an error here. What
# is between two quotes has no semicolon, brace, comment or double blank.
function(embed_statements target name)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "NUMBERS;FILES")
  set(numbers "")
  foreach(entry IN LISTS ARG_NUMBERS)
    read_enumeration(${entry})
  endforeach()
  set(names "")
  foreach(file IN LISTS ARG_FILES)
    read_statements("${file}")
  endforeach()
  set(definitions "")
  set(listed "")
  foreach(statement IN LISTS names)
    set(sql "${text_of_${statement}}")
    while(sql MATCHES "{([^}]*)}")
      set(key "${CMAKE_MATCH_1}")
      if(key MATCHES "^([a-z_.?0-9]+) in ([a-z_]+)$")
        is_one_of("${key}" "${CMAKE_MATCH_1}" "${text_of_${CMAKE_MATCH_2}}")
      endif()
      if(NOT DEFINED "text_of_${key}" OR key IN_LIST names)
        message(FATAL_ERROR "the statement ${statement} of ${name} says {${key}}, which nothing is called")
      endif()
      string(REPLACE "{${key}}" "${text_of_${key}}" sql "${sql}")
    endwhile()
    string(APPEND definitions "inline constexpr sqlite::NamedStatement ${statement}{\n")
    string(APPEND definitions "    \"${statement}\", R\"sql(${sql})sql\"};\n")
    string(APPEND listed "    ${statement},\n")
  endforeach()
  if(ARG_NUMBERS)
    set(numbers "inline constexpr sqlite::NamedNumber numbers[] = {\n${numbers}};\n")
  endif()
  write_sql_header(${target} ${name} "#pragma once
#include \"store/sqlite/statement.hpp\"
namespace gatehouse::store::${name} {
${definitions}inline constexpr sqlite::NamedStatement statements[] = {
${listed}};
${numbers}}
")
endfunction()

# "state in may_charge", state, and the text of that part, (1, 2, …): sets text_of_<the first>.
macro(is_one_of key value list)
  if("${list}" MATCHES "^\\((.+)\\)$")
    string(REPLACE ", " " OR ${value} = " any "${CMAKE_MATCH_1}")
    set("text_of_${key}" "(${value} = ${any})")
  endif()
endmacro()

# "settlement=SettlementState=<header>": sets text_of_settlement.held and so on, and adds to numbers.
macro(read_enumeration entry)
  string(REGEX MATCH "^([a-z_]+)=([A-Za-z]+)=(.+)$" matched "${entry}")
  set(what "${CMAKE_MATCH_1}")
  set(enumeration "${CMAKE_MATCH_2}")
  set(header "${CMAKE_MATCH_3}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${header}")
  file(READ "${header}" text)
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  if(NOT text MATCHES "enum class ${enumeration} : int {([^}]*)}")
    message(FATAL_ERROR "there is no enumeration ${enumeration} of int in ${header}")
  endif()
  string(REGEX MATCHALL "[a-z_]+ = [0-9]+" enumerators "${CMAKE_MATCH_1}")
  foreach(enumerator IN LISTS enumerators)
    string(REGEX MATCH "^([a-z_]+) = ([0-9]+)$" matched "${enumerator}")
    set("text_of_${what}.${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}")
    string(APPEND numbers "    {\"${what}.${CMAKE_MATCH_1}\", ${CMAKE_MATCH_2}},\n")
  endforeach()
endmacro()

# Sets text_of_<name> for each statement and part of the file, and adds the statements to names.
macro(read_statements file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  string(REPLACE ";" "" text "${text}")  # in CMake it would part a list
  string(REGEX REPLACE "-- (name|part): ([a-z0-9_]+)\n" "@\\1 \\2\n" text "${text}")
  if(text MATCHES "-- (name|part):[^\n]*")
    message(FATAL_ERROR "${file}: expected a-z, 0-9 and _, not: ${CMAKE_MATCH_0}")
  endif()
  string(REGEX REPLACE "--[^\n]*" "" text "${text}")
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  string(REPLACE "@" ";" entries "${text}")
  foreach(entry IN LISTS entries)
    string(STRIP "${entry}" entry)
    if(entry STREQUAL "")
      continue()
    endif()
    if(NOT entry MATCHES "^(name|part) ([a-z0-9_]+) (.+)$")
      message(FATAL_ERROR "${file}: expected a name and a statement, not: ${entry}")
    endif()
    if(DEFINED "text_of_${CMAKE_MATCH_2}")
      message(FATAL_ERROR "${file}: ${CMAKE_MATCH_2} is there twice")
    endif()
    set("text_of_${CMAKE_MATCH_2}" "${CMAKE_MATCH_3}")
    if(CMAKE_MATCH_1 STREQUAL "name")
      list(APPEND names "${CMAKE_MATCH_2}")
    endif()
  endforeach()
endmacro()

function(write_sql_header target name text)
  set(header "${CMAKE_CURRENT_BINARY_DIR}/generated/store/sql/${name}.hpp")
  file(CONFIGURE OUTPUT "${header}" CONTENT "${text}" @ONLY)
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/generated")
endfunction()
