@org.jspecify.annotations.NullMarked
package dev.drover.master.rest;
