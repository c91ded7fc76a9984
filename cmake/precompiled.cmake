# The headers of other libraries that nearly every unit includes, parsed once for all units of the same
# flags. Never a header of ours, so that no edit compiles everything anew. What no unit of a target needs
# stays out: templates that a header's own functions use are instantiated for every unit all the same, for
# nlohmann/json.hpp and gmock/gmock.h together in one second. On in the presets that people
# build all day and in those of the sanitizers; off for scripts/lint and in a package, which so show that each
# file includes what it uses.
option(GATEHOUSE_PRECOMPILED "Compile headers of other libraries once (g++)" OFF)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(GATEHOUSE_PRECOMPILED OFF)
endif()

# precompiled_headers(<name> HEADERS <header>... LIBRARIES <library>... [INSTANCES <library>]): a target for
# precompiled() to name. The libraries are those whose definitions the headers see; every user of it must
# see them too. INSTANCES: the objects that have the templates that a header declares as instantiated elsewhere.
function(precompiled_headers name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "INSTANCES" "HEADERS;LIBRARIES")
  if(NOT GATEHOUSE_PRECOMPILED)
    return()
  endif()
  set(nothing "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
  file(CONFIGURE OUTPUT "${nothing}" CONTENT "")
  add_library(${name} OBJECT "${nothing}")
  set_target_properties(${name} PROPERTIES GATEHOUSE_INSTANCES "${ARG_INSTANCES}")
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES})
  list(TRANSFORM ARG_HEADERS REPLACE "^(.+)$" "<\\1>")
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  target_compile_options(${name} PRIVATE -fpch-preprocess)
endfunction()

# precompiled(<headers> <target>...): these targets use them. One whose flags differ does not compile.
# -fpch-preprocess: so that ccache sees the headers. The warning is one more false alarm of g++ 12 about its
# own std::string, from an order of inlining that only a precompiled header brings about.
function(precompiled headers)
  if(NOT GATEHOUSE_PRECOMPILED)
    return()
  endif()
  get_target_property(instances ${headers} GATEHOUSE_INSTANCES)
  if(NOT instances)
    set(instances "")
  endif()
  foreach(target IN LISTS ARGN)
    target_precompile_headers(${target} REUSE_FROM ${headers})
    target_link_libraries(${target} PRIVATE ${headers} ${instances})
    target_compile_options(${target} PRIVATE -fpch-preprocess -Wno-stringop-overflow)
  endforeach()
endfunction()

precompiled_headers(gatehouse_headers
  HEADERS
    algorithm array chrono condition_variable cstdint cstring expected filesystem fstream functional map
    memory mutex optional span sstream string string_view thread unordered_map unordered_set utility
    variant vector fmt/format.h
  LIBRARIES fmt::fmt)
