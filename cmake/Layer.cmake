# Layers and programs, and the walls between them.
#
# Each target has one project include path: its view, a folder in the build tree with symbolic links
# to what it may see, its own folder and the layers that it names. `#include "base/err.h"` is found
# through the view; an include that breaks the order is "No such file". Views are not inherited:
# api links crypto through register, but cannot name a key.

set(VIEWS ${PROJECT_BINARY_DIR}/view)

# The files of a folder that belong to a layer: those matching one of `only` (if any), and none of
# `except`; patterns are for file names.
function(layer_files ret folder endings only except)
  if(NOT only)
    set(only "*")
  endif()
  set(wanted "")
  set(unwanted "")
  foreach(pattern IN LISTS only)
    list(APPEND wanted "${PROJECT_SOURCE_DIR}/${folder}/${pattern}")
  endforeach()
  foreach(pattern IN LISTS except)
    list(APPEND unwanted "${PROJECT_SOURCE_DIR}/${folder}/${pattern}")
  endforeach()
  file(GLOB files CONFIGURE_DEPENDS ${wanted})
  if(unwanted)
    file(GLOB others CONFIGURE_DEPENDS ${unwanted})
    list(REMOVE_ITEM files ${others})
  endif()
  list(FILTER files INCLUDE REGEX "\\.(${endings})$")
  set(${ret} "${files}" PARENT_SCOPE)
endfunction()

# Puts what layer `seen` shows into the view: its whole folder, or, where a folder holds two layers,
# the headers and tables of this one.
function(view_show view seen)
  get_property(folder GLOBAL PROPERTY LAYER_${seen}_FOLDER)
  get_property(headers GLOBAL PROPERTY LAYER_${seen}_HEADERS)
  if(NOT folder)
    message(FATAL_ERROR "${view} uses ${seen}, which is not declared above it")
  endif()
  if(NOT headers STREQUAL "*")
    file(MAKE_DIRECTORY ${VIEWS}/${view}/${folder})
    foreach(header IN LISTS headers)
      get_filename_component(name ${header} NAME)
      file(CREATE_LINK ${header} ${VIEWS}/${view}/${folder}/${name} SYMBOLIC)
    endforeach()
  else()
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${VIEWS}/${view}/${folder} SYMBOLIC)
  endif()
endfunction()

# Makes the view anew, so that nothing stays from an earlier configuration.
function(view_make view)
  file(REMOVE_RECURSE ${VIEWS}/${view})
  file(MAKE_DIRECTORY ${VIEWS}/${view})
  foreach(seen IN LISTS ARGN)
    view_show(${view} ${seen})
  endforeach()
endfunction()

# The builds of everything: the product, and with CNIS_GUARDED a second one whose guards can be
# switched off (base/guard.h); its targets end in this suffix.
set(VARIANTS "product")
if(CNIS_GUARDED)
  list(APPEND VARIANTS "guards")
endif()

function(variant_name ret name variant)
  if(variant STREQUAL "guards")
    set(${ret} "${name}-guards" PARENT_SCOPE)
  else()
    set(${ret} "${name}" PARENT_SCOPE)
  endif()
endfunction()

# What a library and a program have in common: flags, view, and the layers of the same variant.
function(target_finish target variant view visibility)
  cmake_parse_arguments(PARSE_ARGV 4 arg "" "" "USES;LIBS")
  target_compile_options(${target} PRIVATE ${PRODUCT_WARNINGS})
  target_include_directories(${target} PRIVATE ${VIEWS}/${view})
  if(variant STREQUAL "guards")
    target_compile_definitions(${target} PRIVATE CNIS_TEST_GUARDS)
  endif()
  foreach(used IN LISTS arg_USES)
    variant_name(library ${used} ${variant})
    if(TARGET ${library})
      target_link_libraries(${target} ${visibility} ${library})
    endif()
  endforeach()
  target_link_libraries(${target} ${visibility} ${arg_LIBS})
endfunction()

# layer(name [FOLDER folder] [ONLY pattern...] [EXCEPT pattern...] [SOURCES made...]
#       [USES layer...] [LIBS library...])
# A static library of the .c files in the folder (of the same name, unless said) and of files made in
# the build tree. A folder without .c files has a view and no library.
function(layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER" "ONLY;EXCEPT;SOURCES;USES;LIBS")
  if(NOT arg_FOLDER)
    set(arg_FOLDER ${name})
  endif()
  set(headers "*")
  if(arg_ONLY OR arg_EXCEPT)
    layer_files(headers ${arg_FOLDER} "h|def" "${arg_ONLY}" "${arg_EXCEPT}")
  endif()
  set_property(GLOBAL PROPERTY LAYER_${name}_FOLDER ${arg_FOLDER})
  set_property(GLOBAL PROPERTY LAYER_${name}_HEADERS "${headers}")
  set_property(GLOBAL PROPERTY LAYER_${name}_USES "${arg_USES}")
  set_property(GLOBAL APPEND PROPERTY LAYERS ${name})
  view_make(${name} ${name} ${arg_USES})

  layer_files(sources ${arg_FOLDER} "c" "${arg_ONLY}" "${arg_EXCEPT}")
  if(NOT sources)
    return()
  endif()
  foreach(variant IN LISTS VARIANTS)
    variant_name(target ${name} ${variant})
    add_library(${target} STATIC ${sources} ${arg_SOURCES})
    target_finish(${target} ${variant} ${name} PUBLIC USES ${arg_USES} LIBS ${arg_LIBS})
  endforeach()
endfunction()

# program(name [STATIC] [ONLY pattern...] [EXCEPT pattern...] USES layer... [LIBS library...])
# A program made of files in cli/. STATIC: needs nothing of the machine it is copied to (sanitisers
# cannot do that and link as usual).
function(program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC" "" "ONLY;EXCEPT;USES;LIBS")
  layer_files(sources cli "c" "${arg_ONLY}" "${arg_EXCEPT}")
  if(NOT sources)
    return()
  endif()
  view_make(${name} ${arg_USES})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/cli ${VIEWS}/${name}/cli SYMBOLIC)
  foreach(variant IN LISTS VARIANTS)
    variant_name(target ${name} ${variant})
    add_executable(${target} ${sources})
    target_finish(${target} ${variant} ${name} PRIVATE USES ${arg_USES} LIBS ${arg_LIBS})
    if(arg_STATIC AND NOT CNIS_SANITIZE)
      # Said by hand, since the -pie that CMake would add undoes -static-pie.
      set_property(TARGET ${target} PROPERTY POSITION_INDEPENDENT_CODE)
      target_compile_options(${target} PRIVATE -fPIE)
      target_link_options(${target} PRIVATE -static-pie)
    endif()
  endforeach()
endfunction()
